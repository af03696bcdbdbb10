import { deleteDatabase, deleteOthers, deleteReceived } from "../core/database.js";
import { session } from "../core/session.js";
import { account } from "./account.js";
import { startBadge } from "./badge.js";
import { clearDrafts } from "./drafts.js";
import { inbox } from "./inbox.js";
import { outbox } from "./outbox.js";
import { closeAllThreads } from "./thread.js";

let running = null;

/** Start live data when a user signs in, and stop it when they sign out; call once. */
export function startLive() {
  session.addEventListener("change", follow);
  session.addEventListener("ended", ({ detail }) => deleteData(detail));
  startBadge();
  follow();
}

function follow() {
  if (running === account.key) return;
  if (running !== null) stop();
  running = account.key;
  if (running !== null) start();
}

function start() {
  inbox.start();
  if (account.isReadOnly) return; // impersonating sends nothing and shows no notifications
  deleteOthers(account.userId);
  outbox.start(account.userId);
  const key = running;
  withNotifications((notifications) => key === running && notifications.start());
}

function stop() {
  closeAllThreads();
  clearDrafts();
  withNotifications((notifications) => notifications.stop());
  outbox.stop();
  inbox.stop();
  account.close();
}

/** Load notifications, which are not part of the first load, and run `act` with them. */
function withNotifications(act) {
  // The import fails without a network.
  import("./notifications.js").then(({ notifications }) => act(notifications), () => {});
}

/**
 * Delete the data after a sign-out, and all but unsent texts after an end by the server.
 *
 * After a sign-out in another tab, that tab deletes them.
 */
async function deleteData({ userId, reason }) {
  if (reason === "signed-out") await deleteDatabase(userId);
  else if (reason !== "elsewhere") await deleteReceived(userId);
}
