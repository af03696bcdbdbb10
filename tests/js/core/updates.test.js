import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser, settle } from "../browser/open.js";
import { TestWorker, TestWorkers } from "../browser/workers.js";

const HOUR_MS = 60 * 60 * 1000;

async function open(t, { controller = new TestWorker(), teach = () => {} } = {}) {
  const browser = openBrowser(t);
  const workers = (browser.navigator.serviceWorker = new TestWorkers());
  workers.controller = controller;
  teach(workers);
  const offers = [];
  addEventListener("app-update", ({ detail }) => offers.push(detail));
  const { startUpdates } = await browser.load("core/updates.js");
  await startUpdates();
  await settle();
  return { browser, workers, registration: workers.registration, offers };
}

async function install(workers, worker = new TestWorker()) {
  workers.find(worker);
  workers.registration.waiting = worker;
  worker.become("installed");
  await settle();
  return worker;
}

/** Let a worker control the page. */
function control(workers, worker = new TestWorker()) {
  workers.controller = worker;
  workers.dispatchEvent(new Event("controllerchange"));
}

function keepCaches(t, ...names) {
  setGlobals({ caches: { keys: async () => names } });
  t.after(() => setGlobals({ caches: undefined }));
}

test("the worker's script is never loaded from a cache", async (t) => {
  const { workers } = await open(t);

  assert.deepEqual(workers.registered, { url: "/sw.js", updateViaCache: "none" });
});

test("a new version waits for acceptance, then the page reloads once", async (t) => {
  const { browser, workers, offers } = await open(t);

  const worker = await install(workers);
  assert.deepEqual([offers.length, worker.messages], [1, []]);
  offers[0].accept();
  assert.deepEqual(worker.messages, [{ type: "SKIP_WAITING" }]);
  control(workers, worker);

  assert.deepEqual(browser.place.loads, ["/messages"]);
});

test("an update in another tab does not reload a half-filled form, but is offered again", async (t) => {
  const { browser, workers, offers } = await open(t);
  await install(workers);
  const form = { isConnected: true, elements: [{ value: "half" }] };
  const input = Object.defineProperty(new Event("input"), "target", { value: { form } });
  browser.document.dispatchEvent(input);

  control(workers);
  assert.deepEqual([offers.length, browser.place.loads], [2, []]);
  offers[1].accept();

  assert.deepEqual(browser.place.loads, ["/messages"]);
});

test("an offer that another tab has taken reloads only", async (t) => {
  const { browser, workers, offers } = await open(t);
  const worker = await install(workers);
  workers.registration.waiting = null;

  offers[0].accept();

  assert.deepEqual([worker.messages, browser.place.loads], [[], ["/messages"]]);
});

test("a version that is already waiting is offered at once", async (t) => {
  const teach = (workers) => (workers.registration.waiting = new TestWorker());

  assert.equal((await open(t, { teach })).offers.length, 1);
});

test("the first version is not offered as an update", async (t) => {
  const { browser, workers, offers } = await open(t, { controller: null });

  const worker = await install(workers);
  control(workers, worker);
  assert.deepEqual([offers, browser.place.loads], [[], []]);
  control(workers);

  assert.deepEqual(browser.place.loads, ["/messages"]);
});

test("the first version is not offered if it controls the page before it is known to be installed", async (t) => {
  const { workers, offers } = await open(t, { controller: null });

  await install(workers, (workers.controller = new TestWorker()));

  assert.deepEqual(offers, []);
});

test("the first version does not reload a page that learns of it late", async (t) => {
  const { browser, workers } = await open(t);

  control(workers, workers.controller);

  assert.deepEqual(browser.place.loads, []);
});

test("a worker of the same version is not offered, but one of another version is", async (t) => {
  const { workers, offers } = await open(t);
  keepCaches(t, "build-1", "pictures");
  await install(workers);
  assert.deepEqual(offers, []);

  keepCaches(t, "build-1", "build-2", "pictures");
  await install(workers);

  assert.equal(offers.length, 1);
});

test("a version that failed to install is not offered", async (t) => {
  const { workers, offers } = await open(t);
  const worker = new TestWorker();
  workers.find(worker);
  worker.become("redundant");
  workers.find(null);

  assert.deepEqual(offers, []);
});

test("a visible page checks for updates hourly and on return to it", async (t) => {
  const { browser, registration } = await open(t);
  registration.update = async () => {
    registration.updates += 1;
    throw new TypeError("offline");
  };

  browser.show("hidden");
  t.mock.timers.tick(HOUR_MS);
  assert.equal(registration.updates, 0);
  browser.show();
  t.mock.timers.tick(HOUR_MS);
  await settle();

  assert.equal(registration.updates, 2);
});

test("nothing fails if the worker is refused", async (t) => {
  const refuse = () => Promise.reject(new DOMException("No.", "SecurityError"));

  const { offers } = await open(t, { teach: (workers) => (workers.register = refuse) });

  assert.deepEqual(offers, []);
});

test("no update check without service worker support", async (t) => {
  const browser = openBrowser(t);
  const { startUpdates } = await browser.load("core/updates.js");

  await startUpdates();
  browser.show();
});

test("the Trusted Types policy accepts only the worker's URL", async (t) => {
  const browser = openBrowser(t);
  let policy;
  const createPolicy = (name, rules) => (policy = { name, createScriptURL: rules.createScriptURL });
  setGlobals({ trustedTypes: { createPolicy } });
  t.after(() => setGlobals({ trustedTypes: undefined }));
  const { workerUrl } = await browser.load("core/worker-url.js");

  assert.deepEqual([workerUrl(), policy.name], ["/sw.js", "service-worker"]);
  assert.throws(() => policy.createScriptURL("/other.js"), TypeError);
});
