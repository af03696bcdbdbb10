import { whenQuiet } from "../core/api.js";
import { untilLoaded } from "../core/network.js";
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
  const run = (load, act) => untilLoaded(load).then((module) => key === running && act(module));
  run(loadStored, ({ deleteOthers }) => deleteOthers(userId));
  run(loadNotifications, ({ notifications }) => notifications.start());
  run(() => import("./deletions.js"), ({ followDeletions }) => followDeletions());
}

function stop() {
  openThreads.closeAll();
  storedDraft.clear();
  loadNotifications().then(({ notifications }) => notifications.stop(), () => {}); // never loaded: not started
  outbox.stop();
  changes.stop();
  inbox.stop();
  account.close();
}

// Not part of the first load.
const loadNotifications = () => import("./notifications.js");
const loadStored = () => import("../core/stored-accounts.js");

/** Delete a user's data; offline before this module was loaded, the sign-in of somebody else deletes it. */
const deleteData = (ended) => loadStored().then(({ deleteAfter }) => deleteAfter(ended), () => {});
