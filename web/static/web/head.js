// The only classic script, at the top of the page. It is in old syntax, because every browser has to read it.

// Applies the theme before the first paint. After changing the localStorage item "theme" ("light", "dark" or
// none), dispatch "theme-change" on the window, with the theme or null as its detail.
(function () {
  var THEMES = ["light", "dark"];
  var root = document.documentElement;
  // In the order of THEMES.
  var bars = [].slice.call(document.querySelectorAll('meta[name="theme-color"]'));
  var own = bars.map(function (bar) {
    return bar.content;
  });

  function apply(theme) {
    var chosen = THEMES.indexOf(theme);
    if (chosen < 0) root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", THEMES[chosen]);
    bars.forEach(function (bar, index) {
      bar.content = own[chosen < 0 ? index : chosen];
    });
  }

  function read() {
    try {
      return localStorage.getItem("theme");
    } catch (_) {
      return null; // storage is blocked
    }
  }

  apply(read());
  addEventListener("theme-change", function (event) {
    apply(event.detail);
  });
  addEventListener("storage", function () {
    apply(read());
  });
})();

// Shows the page's notice if the page cannot start. Once it has started, app.js removes the notice.
(function () {
  function show() {
    var notice = document.getElementById("notice");
    if (notice) notice.hidden = false;
  }

  // An exception while a module runs.
  addEventListener("error", show);
  addEventListener("unhandledrejection", show);
  function check() {
    if (!window.customElements || !customElements.get("app-root")) show();
  }

  // A module did not load, or the browser cannot read modules. They run before this event, or a little later
  // if they wait for the texts of a language.
  addEventListener("load", function () {
    setTimeout(check, 1000);
  });
})();
