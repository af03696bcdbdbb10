import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { json, refusal } from "../browser/server.js";
import { TestWorkers } from "../browser/workers.js";

const DEVICE = "/api/users/device-token/";
const [KEY, OTHER_KEY] = ["-_-_", "AAAA"];

/** The browser's `PushManager`, whose subscriptions the test can inspect. */
class PushManager {
  subscription = null;
  made = 0;

  async getSubscription() {
    return this.subscription;
  }

  async subscribe({ userVisibleOnly, applicationServerKey }) {
    assert.equal(userVisibleOnly, true);
    this.made += 1;
    const key = Uint8Array.from(Buffer.from(applicationServerKey, "base64url")).buffer;
    const unsubscribe = async () => (this.subscription = null);
    const toJSON = () => ({ endpoint: `https://push.example/${this.made}` });
    this.subscription = { options: { applicationServerKey: key }, unsubscribe, toJSON };
    return this.subscription;
  }
}

async function open(t, { hasWorkers = true, key = KEY } = {}) {
  const browser = await openSignedIn(t);
  const workers = new TestWorkers();
  const manager = new PushManager();
  workers.registration.pushManager = manager;
  if (hasWorkers) browser.navigator.serviceWorker = workers;
  browser.server.on("GET /api/users/push-key/", { public_key: key });
  browser.server.on(`POST ${DEVICE}`, json());
  browser.server.on(`DELETE ${DEVICE}`, json());
  const warnings = t.mock.method(console, "warn", () => {});
  return { browser, workers, manager, warnings, server: browser.server, ...(await browser.load("live/push-subscription.js")) };
}

const token = (number) => JSON.stringify({ endpoint: `https://push.example/${number}` });

test("the browser's subscription is registered, and reused the next time", async (t) => {
  const { server, manager, subscribe } = await open(t);

  assert.deepEqual([await subscribe(), await subscribe()], [true, true]);

  assert.equal(manager.made, 1);
  assert.deepEqual(server.asked(`POST ${DEVICE}`), Array(2).fill({ token: token(1), platform: "web" }));
});

test("a subscription with another key is replaced", async (t) => {
  const { server, manager, subscribe } = await open(t);
  await manager.subscribe({ userVisibleOnly: true, applicationServerKey: OTHER_KEY });

  assert.equal(await subscribe(), true);

  assert.equal(server.asked(`POST ${DEVICE}`)[0].token, token(2));
});

test("a subscription without a readable key is replaced", async (t) => {
  const { manager, subscribe } = await open(t);
  await manager.subscribe({ userVisibleOnly: true, applicationServerKey: KEY });
  manager.subscription.options = undefined;

  assert.equal(await subscribe(), true);

  assert.equal(manager.made, 2);
});

test("there is no subscription if the server has no push key", async (t) => {
  const { manager, subscribe } = await open(t, { key: null });

  assert.deepEqual([await subscribe(), manager.made], [false, 0]);
});

test("subscribing fails without a push service or without the server", async (t) => {
  const { server, manager, warnings, subscribe } = await open(t);
  manager.subscribe = () => Promise.reject(new DOMException("no push service", "AbortError"));
  assert.equal(await subscribe(), false);
  server.on("GET /api/users/push-key/", refusal(503, "unavailable"));

  assert.deepEqual([await subscribe(), warnings.mock.callCount()], [false, 2]);
});

test("subscribing fails without service worker support", async (t) => {
  const { subscribe, unsubscribe, workerRegistration } = await open(t, { hasWorkers: false });

  assert.deepEqual([await subscribe(), await workerRegistration()], [false, null]);
  await unsubscribe();
});

test("a worker that is not ready within 10 s counts as missing", async (t) => {
  const { browser, workers, workerRegistration } = await open(t);
  workers.ready = new Promise(() => {});
  let found;
  workerRegistration().then((each) => (found = each));

  await browser.pass(9_500);
  assert.equal(found, undefined);
  await browser.pass(500);

  assert.equal(found, null);
});

test("unsubscribing tells the browser and the server, even if one of them fails", async (t) => {
  const { server, manager, subscribe, unsubscribe } = await open(t);
  await subscribe();
  server.on(`DELETE ${DEVICE}`, refusal(503, "unavailable"));

  await unsubscribe();
  await unsubscribe();
  await settle();

  assert.equal(manager.subscription, null);
  assert.deepEqual(server.asked(`DELETE ${DEVICE}`), [{ token: token(1) }]);
});
