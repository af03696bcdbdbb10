import { AccessToken } from "./access.js";
import { keptLook, keptMe, keptSignIn } from "./kept.js";

/**
 * Have a page that comes back from the back/forward cache follow the sign-in as it is now.
 *
 * If it shows somebody else's account by now, or one's own after the next sign-in, it is loaded
 * anew, and hidden until then; from the moment it is left, if that is known by then.
 */
export function followSignIn(session) {
  const root = document.documentElement;
  let signIn;
  addEventListener("pagehide", () => {
    signIn = keptSignIn.read();
    root.hidden = !isOf(session);
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    root.hidden = !isOf(session) || signIn !== keptSignIn.read();
    if (root.hidden) location.reload();
  });
}

/** Tell whether what this tab keeps is about who the page is for. */
function isOf({ user, isImpersonating }) {
  const look = keptLook.read();
  const id = look ? new AccessToken(look.access).userId : keptMe.read()?.id;
  return user?.id === id && isImpersonating === (look !== null);
}
