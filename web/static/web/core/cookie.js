import { signOut } from "./endpoints.js";
import { dueSignOut, keptSignIn } from "./kept.js";
import { network } from "./network.js";
import { inTurn as inTurnOf } from "./turn.js";

const RETRY_MS = 30_000;

/** Do what changes the cookie when no other tab does. */
export function inTurn(work) {
  return inTurnOf("session-cookie", work);
}

/** Begin a session by what `ask` requests, and return its answer; throws ApiError. */
export function beginSession(ask) {
  return inTurn(async () => {
    const answer = await ask();
    // Before the turn ends: a sign-out that waits for its own would end the new session.
    dueSignOut.write(false);
    keptSignIn.write(Date.now());
    return answer;
  });
}

/** Tell the server of a sign-out that it has not heard of yet; if it cannot be reached, later. */
export function endSessionIfDue() {
  return inTurn(endSession).catch(() => setTimeout(endSessionIfDue, RETRY_MS));
}

/** Tell the server of a sign-out as soon as there is a network again. */
export function watchDueSignOut() {
  network.addEventListener("online", () => endSessionIfDue());
}

async function endSession() {
  if (!dueSignOut.read()) return;
  const error = await signOut().catch((refused) => refused);
  if (error?.isTemporary) setTimeout(endSessionIfDue, RETRY_MS);
  else dueSignOut.write(false);
}
