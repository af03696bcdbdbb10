import { whenQuiet } from "../core/api.js";
import { session } from "../core/session.js";
import { storedDraft } from "../core/web-storage.js";
import { account } from "./account.js";
import { startBadge } from "./badge.js";
import { changes } from "./changes.js";
import { inbox } from "./inbox.js";
import { openThreads } from "./open-threads.js";
import { outbox } from "./outbox.js";
import { guardUnsent } from "./unsent-guard.js";

let running = null;

/** Start live data when a user signs in, and stop it when they sign out; call once. */
export function startLive() {
  session.addEventListener("change", follow);
  session.addEventListener("ended", ({ detail }) => deleteData(detail));
  startBadge();
  guardUnsent(); // loaded at once, because the network may fail before a later module arrives
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
  outbox.start(account.userId);
  changes.start();
  const key = running;
  // On a slow network, these modules would delay the first screen's data.
  whenQuiet().then(() => key === running && startLater(key));
}

function startLater(key) {
  const { userId } = account;
  withStored(({ deleteOthers }) => key === running && deleteOthers(userId));
  withNotifications((notifications) => key === running && notifications.start());
  run(import("./deletions.js"), ({ followDeletions }) => key === running && followDeletions());
}

function stop() {
  openThreads.closeAll();
  storedDraft.clear();
  withNotifications((notifications) => notifications.stop());
  outbox.stop();
  changes.stop();
  inbox.stop();
  account.close();
}

// Not part of the first load. The import fails without a network.
const withNotifications = (act) =>
  run(import("./notifications.js"), ({ notifications }) => act(notifications));
const withStored = (act) => run(import("../core/stored-accounts.js"), act);
const run = (loading, act) => loading.then(act, () => {});

/**
 * Delete the data after a sign-out, and all but unsent texts after an end by the server.
 *
 * After a sign-out in another tab, that tab deletes them.
 */
function deleteData({ userId, reason }) {
  if (reason === "elsewhere") return;
  const isGone = reason === "signed-out" || reason === "deleted";
  withStored(({ deleteDatabase, deleteReceived }) =>
    isGone ? deleteDatabase(userId) : deleteReceived(userId),
  );
}
