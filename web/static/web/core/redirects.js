import { match, PUBLIC_ROUTES } from "./routes.js";

const HOME = "/messages";

/** Redirect signed-out users to the sign-in screen, and signed-in users away from it. */
export function startRedirects(session, router) {
  const check = () => {
    const path = redirectFor(session, router.route);
    if (path) router.navigate(path, { replace: true });
  };
  session.addEventListener("change", check);
  router.addEventListener("change", check);
  check();
}

/** Return the path to show instead of the route, or null. */
export function redirectFor({ state, endReason }, route) {
  if (state === "signed-out" && !PUBLIC_ROUTES.has(route.name)) return signInPath(endReason);
  if (state === "signed-in" && route.name === "sign-in") return safeNext(route.query.next);
  if (state === "signed-in" && location.pathname === "/") return HOME;
  return null;
}

/** Return a sign-in path that leads back here, except after a sign-out: another user may follow. */
function signInPath(endReason) {
  const here = location.pathname + location.search;
  const isHome = here === "/" || here === HOME;
  if (isHome || ["signed-out", "elsewhere", "deleted"].includes(endReason)) return "/sign-in";
  return `/sign-in?next=${encodeURIComponent(here)}`;
}

/** Return `next` if it is a path of this client, to prevent open redirects; else the home page. */
export function safeNext(next) {
  if (!next?.startsWith("/")) return HOME;
  const url = new URL(next, location.origin);
  if (url.origin !== location.origin || match(url).name === "not-found") return HOME;
  return url.pathname + url.search;
}
