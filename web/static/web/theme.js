// A classic script in the head, to apply the theme before the first paint. After changing the
// localStorage item "theme" ("light", "dark" or none), dispatch "theme-change" on the window.
(() => {
  const root = document.documentElement;
  const bars = [...document.querySelectorAll('meta[name="theme-color"]')];
  const own = bars.map((bar) => bar.content);

  function apply() {
    const theme = read();
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    bars.forEach((bar, index) => {
      const chosen = bars.findIndex((each) => theme && each.media.includes(theme));
      bar.content = own[chosen < 0 ? index : chosen];
    });
  }

  function read() {
    try {
      const theme = localStorage.getItem("theme");
      return theme === "light" || theme === "dark" ? theme : null;
    } catch {
      return null; // some private windows forbid storage
    }
  }

  apply();
  addEventListener("theme-change", apply);
  addEventListener("storage", apply);
})();
