import { match, PUBLIC_ROUTES } from "./routes.js";

const HOME = "/messages";

/** Keep strangers on the public screens, and lead who is signed in past the sign-in. */
export function guard(session, router) {
  const check = () => {
    const path = detour(session, router.route);
    if (path) router.navigate(path, { replace: true });
  };
  session.addEventListener("change", check);
  router.addEventListener("change", check);
  check();
}

/** Return where somebody has to go instead of the route they asked for, or null. */
export function detour({ state, endReason }, route) {
  if (state === "signed-out" && !PUBLIC_ROUTES.has(route.name)) return signInPath(endReason);
  if (state === "signed-in" && route.name === "sign-in") return safeNext(route.query.next);
  if (state === "signed-in" && location.pathname === "/") return HOME;
  return null;
}

/** Lead back here afterwards, unless somebody left on purpose: the next may be somebody else. */
function signInPath(endReason) {
  const here = location.pathname + location.search;
  const isHome = here === "/" || here === HOME;
  if (isHome || endReason === "signed-out" || endReason === "elsewhere") return "/sign-in";
  return `/sign-in?next=${encodeURIComponent(here)}`;
}

/** Return a path of this client to go to after signing in; anything else would be a way out. */
export function safeNext(next) {
  if (!next?.startsWith("/")) return HOME;
  const url = new URL(next, location.origin);
  if (url.origin !== location.origin || match(url).name === "not-found") return HOME;
  return url.pathname + url.search;
}
