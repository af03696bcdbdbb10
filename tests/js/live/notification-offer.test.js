import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openSignedIn, settle } from "../browser/open.js";
import { makeConversation } from "../browser/people.js";
import { json } from "../browser/server.js";
import { TestWorkers } from "../browser/workers.js";

const IPHONE = "iPhone; CPU iPhone OS 17_4 like Mac OS X Safari/604.1";

/** Open a page with a conversation, and what offers notifications there; `answer` is the prompt's. */
async function start(t, { permission = "default", answer = "granted", kept, agent, me, message = true } = {}) {
  const browser = await openSignedIn(t, { me });
  browser.navigator.serviceWorker = new TestWorkers();
  const Notification = { permission, requestPermission: async () => (Notification.permission = answer) };
  setGlobals({ Notification: agent ? undefined : Notification });
  browser.navigator.userAgent = agent;
  browser.server.on("GET /api/users/push-key/", { public_key: null });
  const row = makeConversation(7, message ? {} : { last_message_at: null });
  browser.server.on("GET /api/messaging/conversations/", { results: [row], next: null, count: 1 });
  const names = ["live/notifications", "live/inbox", "live/account", "live/offer/notification-offer", "text/later"];
  const modules = await browser.load(...names.map((name) => `${name}.js`));
  const { account, inbox, notifications, notificationOffer } = modules;
  for (const [key, value] of Object.entries(kept ?? {})) await account.db.put("kv", value, key);
  inbox.start();
  await settle();
  await notifications.start();
  t.after(() => inbox.stop());
  const offer = async () => {
    await notificationOffer.offer(notifications);
    await settle();
    return notificationOffer.shown;
  };
  return { browser, offer, ...modules };
}

test("notifications are offered after a message, once on this device", async (t) => {
  const { offer, notificationOffer, account } = await start(t);
  assert.equal(notificationOffer.shown, null);

  assert.equal(await offer(), "ask");
  notificationOffer.decline();
  assert.equal(await offer(), null);
  assert.equal(await account.db.get("kv", "notification-offer"), "shown");
});

test("nothing is offered before there is a message", async (t) => {
  const { offer } = await start(t, { message: false });

  assert.equal(await offer(), null);
});

test("accepting turns notifications on, after the browser's prompt", async (t) => {
  const { offer, notificationOffer, notifications } = await start(t);
  await offer();

  assert.equal(await notificationOffer.accept(), true);

  assert.deepEqual([notifications.state, notificationOffer.shown], ["on", null]);
  assert.equal(notificationOffer.reason, notifications.reason);
});

test("a refusal in the browser's prompt is explained", async (t) => {
  const { offer, notificationOffer } = await start(t, { answer: "denied" });
  await offer();

  assert.equal(await notificationOffer.accept(), false);

  assert.equal(notificationOffer.shown, "blocked");
});

test("a prompt that is closed ends the offer", async (t) => {
  const { offer, notificationOffer } = await start(t, { answer: "default" });
  await offer();

  assert.equal(await notificationOffer.accept(), false);

  assert.equal(notificationOffer.shown, null);
});

for (const [name, options] of [
  ["who have denied them", { permission: "denied" }],
  ["who have allowed them", { permission: "granted" }],
  ["who have seen the offer", { kept: { "notification-offer": "shown" } }],
  ["who have switched them off in the settings", { kept: { notifications: "off" } }],
  ["on Android without notifications", { agent: "Android Safari/537.36" }],
]) {
  test(`nothing is offered to people ${name}`, async (t) => {
    const { offer } = await start(t, options);

    assert.equal(await offer(), null);
  });
}

test("a hidden page offers them once it is visible", async (t) => {
  const { browser, offer, notificationOffer } = await start(t);
  browser.show("hidden");
  assert.equal(await offer(), null);

  browser.show("visible");
  await settle();

  assert.equal(notificationOffer.shown, "ask");
});

test("an iPhone shows the way to the Home Screen", async (t) => {
  const { offer } = await start(t, { agent: IPHONE });

  assert.equal(await offer(), "install");
});

test("the offer goes when notifications are turned on in the settings", async (t) => {
  const { offer, notifications, notificationOffer } = await start(t);
  await offer();

  await notifications.enable();

  assert.equal(notificationOffer.shown, null);
});

test("the offer goes when the user signs out, and nobody else gets it", async (t) => {
  const { browser, offer, notifications, notificationOffer } = await start(t);
  browser.server.on("POST /api/auth/jwt/blacklist/", json());
  await offer();

  await browser.session.signOut();
  await notifications.stop();

  assert.equal(notificationOffer.shown, null);
});

test("the offer waits until notifications have started", async (t) => {
  const { notifications, notificationOffer, offer } = await start(t);
  await notifications.stop();
  assert.equal(await offer(), null);

  await notifications.start();
  await settle();

  assert.equal(notificationOffer.shown, "ask");
});
