import { signOut } from "./endpoints.js";
import { network } from "./network.js";
import { waitSeconds } from "./retry.js";
import { withLock } from "./tabs.js";
import { pendingSignOut, storedSignIn } from "./web-storage.js";

const RETRY_MS = 30_000;

/** Run `work` under the lock that serializes changes to the refresh cookie between tabs. */
export function withCookieLock(work) {
  return withLock("session-cookie", work);
}

/** Send a sign-in request; return its response. Throws ApiError. */
export function beginSession(request) {
  return withCookieLock(async () => {
    const response = await request();
    // Under the lock; otherwise a pending sign-out that waits for it would end the new session.
    pendingSignOut.write(false);
    storedSignIn.write(Date.now());
    return response;
  });
}

/** Send a sign-out that the server has not confirmed; retry while it is unreachable. */
export function sendPendingSignOut() {
  return withCookieLock(endSession).catch(() => setTimeout(sendPendingSignOut, RETRY_MS));
}

/** Send a pending sign-out whenever the network returns. */
export function sendPendingSignOutWhenOnline() {
  network.addEventListener("online", () => sendPendingSignOut());
}

async function endSession() {
  if (!pendingSignOut.read()) return;
  const error = await signOut().catch((refused) => refused);
  const delay = error && Math.max(RETRY_MS, 1000 * waitSeconds(error));
  if (error?.isTemporary) setTimeout(sendPendingSignOut, delay);
  else pendingSignOut.write(false);
}
