import { deleteDatabase } from "../core/database.js";
import { session } from "../core/session.js";
import { account } from "./account.js";
import { startBadge } from "./badge.js";
import { clearDrafts } from "./drafts.js";
import { inbox } from "./inbox.js";
import { outbox } from "./outbox.js";
import { closeAllThreads } from "./thread.js";

let running = null;

/** Have live data flow for whoever is signed in, and for them alone; call it once. */
export function startLive() {
  session.addEventListener("change", follow);
  session.addEventListener("ended", ({ detail }) => leave(detail));
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
  if (account.isReadOnly) return; // looking sends nothing, and notifies nobody
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

/** Load notifications beside the data, as a first page does without, and do something with them. */
function withNotifications(act) {
  // The import fails without a network.
  import("./notifications.js").then(({ notifications }) => act(notifications), () => {});
}

/** Leave nothing of who signed out here; after any other end, what was written waits. */
async function leave({ userId, reason }) {
  if (reason === "signed-out") await deleteDatabase(userId);
}
