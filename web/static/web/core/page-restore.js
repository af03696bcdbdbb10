import { AccessToken } from "./access-token.js";
import { storedImpersonation, storedUser, storedSignIn } from "./web-storage.js";

/**
 * Reload a page that returns from the back/forward cache if its sign-in is not the current one.
 *
 * The page is hidden until it has reloaded. If the user has already changed when the page is left,
 * the page is hidden from then on, so that it never flashes another user's data.
 */
export function reloadIfSignInChanged(session) {
  const root = document.documentElement;
  let signIn;
  addEventListener("pagehide", () => {
    signIn = storedSignIn.read();
    root.hidden = !isCurrent(session);
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    root.hidden = !isCurrent(session) || signIn !== storedSignIn.read();
    if (root.hidden) location.reload();
  });
}

/** Return whether the page's user is the one in storage. */
function isCurrent({ user, isImpersonating }) {
  const impersonation = storedImpersonation.read();
  const id = impersonation
    ? new AccessToken(impersonation.access).userId
    : storedUser.read()?.id;
  return user?.id === id && isImpersonating === (impersonation !== null);
}
