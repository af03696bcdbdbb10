import { match } from "./routes.js";
import { Store } from "./store.js";

/** The current route, and navigation between routes. Fires "change". */
class Router extends Store {
  route = match(new URL(location.href));
  #shown = pathOf(location);

  /** Listen to history changes and to clicks on links; call once per page. */
  start() {
    addEventListener("popstate", () => this.#follow());
    document.addEventListener("click", (event) => this.#click(event));
  }

  /** Go to a path of this client; with `replace` the history entry is replaced. */
  navigate(path, { replace = false } = {}) {
    const url = new URL(path, location.origin);
    if (url.origin !== location.origin) throw new TypeError(`${path} leads off this site.`);
    const target = url.pathname + url.search + url.hash;
    if (replace) history.replaceState(history.state, "", target);
    else history.pushState({ depth: depth() + 1 }, "", target);
    this.#follow();
  }

  /** Go back in history or, on the first page of a visit, to `fallbackPath`. */
  back(fallbackPath) {
    if (depth() > 0) history.back();
    else this.navigate(fallbackPath, { replace: true });
  }

  #follow() {
    // If only the fragment changed, the browser handles it.
    if (this.#shown === pathOf(location)) return;
    this.#shown = pathOf(location);
    this.route = match(new URL(location.href));
    this.changed();
  }

  #click(event) {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link || !isPlainClick(event) || !isOurs(link)) return;
    event.preventDefault();
    this.navigate(link.href, { replace: link.href === location.href });
  }
}

function depth() {
  return history.state?.depth ?? 0;
}

function pathOf({ pathname, search }) {
  return pathname + search;
}

function isPlainClick(event) {
  const withKey = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !withKey && !event.defaultPrevented;
}

function isOurs(link) {
  if (!link.hasAttribute("href") || link.hasAttribute("download")) return false;
  if (link.target && link.target !== "_self") return false;
  const url = new URL(link.href);
  if (url.origin !== location.origin) return false;
  // Leave fragments of this page, and server pages such as the admin, to the browser.
  if (url.hash && pathOf(url) === pathOf(location)) return false;
  return match(url).name !== "not-found";
}

export const router = new Router();
