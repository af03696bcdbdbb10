import { deleteAccount } from "./account-endpoints.js";
import { session } from "./session.js";

/**
 * Delete the user's account, sign out, and delete all their data on this device; throws ApiError.
 *
 * `messages` is "keep" or "erase".
 */
export async function leave({ password, messages }) {
  // The server ends the session before it answers, and may refuse other requests meanwhile.
  session.isLeaving = true;
  try {
    await deleteAccount({ password, messages });
    await session.signOut("deleted");
  } catch (error) {
    session.isLeaving = false;
    // The session had already ended in another way: let it end here, too.
    if (error.status === 401) await session.refresh().catch(() => {});
    throw error;
  } finally {
    session.isLeaving = false;
  }
}
