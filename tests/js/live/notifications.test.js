import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation } from "../browser/people.js";
import { json, refusal } from "../browser/server.js";
import { TestWorkers } from "../browser/workers.js";

const PUSH_KEY = "GET /api/users/push-key/";

/** Start notifications in a browser with this permission. */
async function start(t, { permission = "granted", kept, hasWorkers = true, publicKey = null, me, before = [], beforeAll = [], prepare } = {}) {
  const browser = await openSignedIn(t, { me });
  const workers = new TestWorkers();
  for (const id of before) await workers.registration.showNotification("", { data: { path: `/messages/${id}` } });
  for (const options of beforeAll) await workers.registration.showNotification("", options);
  if (hasWorkers) browser.navigator.serviceWorker = workers;
  const Notification = { permission, requestPermission: async () => (Notification.permission = "granted") };
  setGlobals({ Notification });
  browser.server.on(PUSH_KEY, { public_key: publicKey });
  browser.server.on("POST /api/users/device-token/", json());
  browser.server.on("DELETE /api/users/device-token/", json());
  browser.server.on("GET /api/messaging/conversations/", { results: [], next: null, count: 0 });
  prepare?.(browser);
  const names = ["live/notifications", "live/inbox", "live/account", "text/later"];
  const modules = await browser.load(...names.map((name) => `${name}.js`));
  const { account, inbox, notifications } = modules;
  if (kept) await account.db.put("kv", kept, "notifications");
  inbox.start();
  await settle();
  await notifications.start();
  t.after(() => inbox.stop());
  const socket = browser.WebSocket.opened[0];
  socket.accept();
  socket.deliver({ type: "pong" });
  await settle();
  let version = 10;
  /** Have the list report the unread count of a conversation. */
  const arrive = (unread_count, more = {}) => {
    const conversation = makeConversation(7, { unread_count, version: (version += 1), ...more });
    socket.deliver({ type: "conversation_updated", conversation });
    return settle();
  };
  const shown = () => workers.registration.shown;
  return { browser, session: browser.session, socket, workers, Notification, arrive, shown, ...modules };
}

test("a hidden page shows a notification of a new message after 1 s", async (t) => {
  const { browser, arrive, shown } = await start(t);
  browser.show("hidden");

  await arrive(1, { last_message_preview: "שלום", trainee: { ...BOB, profile_image: "/bob.webp" } });
  await browser.pass(500);
  assert.deepEqual(shown(), []);
  await browser.pass(500);

  const [{ title, body, tag, icon, data, renotify }] = shown();
  assert.deepEqual([title, body, tag], ["Bob Bell", "שלום", "conversation-7"]);
  assert.deepEqual([icon, data, renotify], ["/bob.webp", { path: "/messages/7", deletedVersion: 0 }, true]);
});

test("the notification of an edited message gets the new text, without a sound", async (t) => {
  const { browser, arrive, shown } = await start(t);
  browser.show("hidden");
  await arrive(1);
  await browser.pass(1_000);

  await arrive(1, { last_message_preview: "Edited" });

  const [{ title, body, tag, renotify, silent }] = shown().slice(1);
  assert.deepEqual([title, body, tag, renotify, silent], ["Bob Bell", "Edited", "conversation-7", false, true]);
});

test("a notification is shown anew without the text of an older message that was deleted", async (t) => {
  const { browser, arrive, shown } = await start(t);
  browser.show("hidden");
  await arrive(2, { last_message_preview: "Two messages" });
  await browser.pass(1_000);
  shown()[0].body = "Deleted meanwhile";

  await arrive(1, { last_message_preview: "Two messages", deleted_version: 12 });

  assert.deepEqual([shown().at(-1).body, shown().at(-1).silent], ["Two messages", true]);
});

test("a notification that is older than a deletion is closed once the page is connected", async (t) => {
  const notified = (path, deletedVersion) => ({ data: { path, deletedVersion } });
  const prepare = ({ server }) => {
    for (const id of [7, 8]) {
      const row = makeConversation(id, { unread_count: 1, deleted_version: 9 });
      server.on(`GET /api/messaging/conversations/${id}/`, row);
    }
  };
  const { shown } = await start(t, { beforeAll: [notified("/messages/7", 8), notified("/messages/8", 9)], prepare });

  assert.deepEqual(shown().map(({ data }) => data.path), ["/messages/8"]);
});

test("the notification of a deleted message is closed, others stay", async (t) => {
  const { browser, arrive, shown } = await start(t);
  browser.show("hidden");
  await arrive(2);
  await browser.pass(1_000);

  await arrive(1, { last_message_preview: "This message was deleted", last_message_kind: "deleted" });

  assert.deepEqual(shown(), []);
});

test("an edited message that was never notified is not notified now", async (t) => {
  const { arrive, shown } = await start(t);
  await arrive(1);

  await arrive(1, { last_message_preview: "Edited" });

  assert.deepEqual(shown(), []);
});

test("a trainee's notification names the trainer", async (t) => {
  const { browser, arrive, shown } = await start(t, { me: BOB });
  browser.show("hidden");

  await arrive(1);
  await browser.pass(1_000);

  assert.deepEqual([shown()[0].title, shown()[0].icon], ["Alice Ames", undefined]);
});

test("a message read meanwhile on any device is not notified", async (t) => {
  const { browser, arrive, shown } = await start(t);
  browser.show("hidden");

  await arrive(1);
  await arrive(0);
  await browser.pass(2_000);

  assert.deepEqual(shown(), []);
});

test("a visible page with focus shows no notification", async (t) => {
  const { browser, arrive, shown } = await start(t);

  await arrive(1);
  await browser.pass(2_000);
  browser.show("hidden");
  await arrive(2);
  browser.show();
  await browser.pass(2_000);

  assert.deepEqual(shown(), []);
});

test("only the leading tab shows notifications", async (t) => {
  const { browser, arrive, inbox, shown } = await start(t);
  browser.show("hidden");
  const taken = Promise.withResolvers();
  t.after(() => taken.resolve());
  browser.navigator.locks.request(`inbox-${ALICE.id}`, { steal: true }, () => taken.promise);
  await settle();
  assert.equal(inbox.isLeader, false);

  inbox.dispatchEvent(new CustomEvent("arrived", { detail: { conversation: makeConversation(7) } }));
  await browser.pass(2_000);

  assert.deepEqual(shown(), []);
});

test("only notifications of read conversations are closed", async (t) => {
  const { browser, workers, arrive, shown } = await start(t);
  browser.show("hidden");
  await arrive(1);
  await arrive(1, { id: 8 });
  await browser.pass(1_000);
  await workers.registration.showNotification("of something else", {});
  assert.equal(shown().length, 3);

  await arrive(0);

  assert.deepEqual(shown().map(({ tag }) => tag), ["conversation-8", undefined]);
});

/** Report the unread count of conversations when they are requested one by one. */
function answer({ server }, counts) {
  for (const [id, unread_count] of Object.entries(counts)) {
    server.on(`GET /api/messaging/conversations/${id}/`, makeConversation(Number(id), { unread_count }));
  }
}

const paths = (shown) => shown.map(({ data }) => data?.path);

test("what was read or has ended while no page was open is closed when one opens", async (t) => {
  const prepare = (browser) => {
    answer(browser, { 7: 0, 8: 1 });
    browser.server.on("GET /api/messaging/conversations/9/", refusal(404, "not_found"));
    const archived = makeConversation(11, { is_archived: true, unread_count: 1 });
    browser.server.on("GET /api/messaging/conversations/11/", archived);
    browser.server.on("GET /api/messaging/conversations/10/", refusal(503, "unavailable"));
  };

  const { shown } = await start(t, { before: [7, 8, 9, 10, 11], prepare });

  assert.deepEqual(paths(shown()), ["/messages/8", "/messages/10"]);
});

test("what was read while the page was not connected is closed when it is", async (t) => {
  const { browser, socket, workers, shown } = await start(t);
  answer(browser, { 7: 0 });
  socket.hangUp(1006);
  await settle();
  // Pushed, and read elsewhere: for the list, the conversation has always been read.
  await workers.registration.showNotification("", { data: { path: "/messages/7" } });
  await workers.registration.showNotification("of something else", {});

  await browser.pass(1_000);
  browser.WebSocket.opened.at(-1).accept();
  browser.WebSocket.opened.at(-1).deliver({ type: "pong" });
  await settle();

  assert.deepEqual(paths(shown()), [undefined]);
});

test("the notification of a message that was deleted while no page was open is closed", async (t) => {
  const { shown } = await start(t, {
    before: [7],
    prepare: ({ server }) =>
      server.on("GET /api/messaging/conversations/7/", makeConversation(7, { unread_count: 1, last_message_kind: "deleted" })),
  });

  assert.deepEqual(shown(), []);
});

test("a notification that has replaced another during the check of that stays", async (t) => {
  let arrive;
  const prepare = ({ server }) => (arrive = server.hold("GET /api/messaging/conversations/7/"));
  const notified = (body) => ({ body, tag: "conversation-7", data: { path: "/messages/7" } });
  const { workers, shown } = await start(t, { beforeAll: [notified("first")], prepare });
  workers.registration.shown = [];
  await workers.registration.showNotification("", notified("second"));

  arrive(makeConversation(7, { unread_count: 0 }));
  await settle();

  assert.deepEqual(shown().map(({ body }) => body), ["second"]);
});

test("an answer that arrives after the user has left closes nothing", async (t) => {
  let arrive;
  const prepare = ({ server }) => (arrive = server.hold("GET /api/messaging/conversations/7/"));
  const { browser, notifications } = await start(t, { before: [7, 8], prepare });
  await notifications.stop();

  arrive(makeConversation(7));
  await settle();

  assert.deepEqual(browser.server.asked("GET /api/messaging/conversations/8/"), []);
});

test("a pushed message is not notified by the page too", async (t) => {
  const options = { publicKey: "AAAA" };
  const { browser, workers, notifications, arrive, shown } = await start(t, options);
  const unsubscribe = async () => true;
  const subscription = { unsubscribe, toJSON: () => "token" };
  workers.registration.pushManager = {
    getSubscription: async () => null,
    subscribe: async () => subscription,
  };
  assert.notEqual(notifications.reason, "");

  await notifications.enable();
  assert.deepEqual([notifications.state, notifications.reason], ["on", ""]);
  browser.show("hidden");
  await arrive(1);
  await browser.pass(2_000);

  assert.deepEqual(shown(), []);
});

test("notifications stay off until they are turned on by a click", async (t) => {
  const { account, notifications } = await start(t, { kept: "off" });
  assert.deepEqual([notifications.state, notifications.reason], ["off", ""]);

  await notifications.enable();
  assert.deepEqual([notifications.state, await account.db.get("kv", "notifications")], ["on", "on"]);
  await notifications.disable();

  assert.deepEqual([notifications.state, await account.db.get("kv", "notifications")], ["off", "off"]);
});

test("permission is requested only by a click", async (t) => {
  const { notifications, Notification } = await start(t, { permission: "default" });
  assert.deepEqual([notifications.state, Notification.permission], ["off", "default"]);

  await notifications.enable();

  assert.equal(notifications.state, "on");
});

test("blocked notifications are reported with the reason", async (t) => {
  const { notifications, Notification } = await start(t, { permission: "denied" });
  Notification.requestPermission = async () => "denied";
  assert.equal(notifications.state, "blocked");
  assert.notEqual(notifications.reason, "");

  await notifications.enable();

  assert.equal(notifications.state, "blocked");
});

test("missing support for notifications is reported", async (t) => {
  const { notifications } = await start(t, { hasWorkers: false });
  assert.equal(notifications.state, "unsupported");
  assert.notEqual(notifications.reason, "");
  await notifications.stop();
});

test("signing out closes notifications and ends the subscription", async (t) => {
  const { browser, notifications, arrive, shown } = await start(t);
  browser.show("hidden");
  await arrive(1);
  await browser.pass(1_000);
  assert.equal(shown().length, 1);

  await notifications.stop();
  await arrive(2);
  await browser.pass(2_000);

  assert.deepEqual([notifications.state, shown()], ["unsupported", []]);
});

test("nothing is shown if the user leaves before the setting is read", async (t) => {
  const { browser, notifications, session } = await start(t, { kept: "off" });

  const starting = notifications.start();
  session.setUser(BOB);
  await starting;
  assert.equal(notifications.state, "off");
  const answer = browser.server.hold(PUSH_KEY);
  const enabling = notifications.enable();
  await settle();
  await notifications.disable();
  answer({ public_key: null });
  await enabling;

  assert.equal(notifications.state, "off");
});
