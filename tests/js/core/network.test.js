import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";

async function open(t) {
  const browser = openBrowser(t);
  const { network } = await browser.load("core/network.js");
  const events = [];
  for (const type of ["online", "offline"]) network.addEventListener(type, () => events.push(type));
  return { browser, network, events };
}

test("an offline hint of the device is verified by a request", async (t) => {
  const { browser, network, events } = await open(t);
  browser.server.on("HEAD /healthz", "ok");
  browser.navigator.onLine = false;

  browser.fire("offline");
  await settle();

  assert.deepEqual([network.isOnline, events], [true, ["online"]]);
  assert.equal(browser.server.requests[0].options.cache, "no-store");
});

test("the network is offline if the check takes 2 s, until any response", async (t) => {
  const { browser, network, events } = await open(t);
  browser.server.hold("HEAD /healthz");
  browser.navigator.onLine = false;

  browser.fire("offline");
  await browser.pass(1_500);
  assert.equal(network.isOnline, true);
  await browser.pass(500);
  network.reportFailure();
  assert.equal(network.isOnline, false);
  network.reportAnswer();
  network.reportAnswer();

  assert.deepEqual([network.isOnline, events], [true, ["offline", "online"]]);
});

test("a failed request is the server's fault while the device is online", async (t) => {
  const { network, events } = await open(t);

  network.reportFailure();

  assert.deepEqual([network.isOnline, events], [true, []]);
});

test("an online hint of the device needs no check", async (t) => {
  const { browser, network, events } = await open(t);
  browser.navigator.onLine = false;
  network.reportFailure();

  browser.fire("online");

  assert.deepEqual([network.isOnline, events], [true, ["offline", "online"]]);
});

const dateHeader = (ms) => new Date(ms).toUTCString();

test("the server's Date header corrects a device's clock that is off", async (t) => {
  const { browser, network } = await open(t);
  const changes = t.mock.fn();
  network.addEventListener("clock", changes);
  const real = Date.now();
  network.reportAnswer();
  network.reportAnswer(dateHeader(real - 2_000));
  assert.deepEqual([network.now(), changes.mock.callCount()], [real, 0]);

  browser.setClock(real + 86_400_000);
  for (let n = 0; n < 2; n += 1) network.reportAnswer(dateHeader(real));
  assert.deepEqual([network.now(), changes.mock.callCount()], [real, 1]);
  browser.setClock(real);
  network.reportAnswer(dateHeader(real + 1_000));

  assert.deepEqual([network.now(), changes.mock.callCount()], [real, 2]);
});

test("a module that cannot be loaded is loaded when the network returns, or after 30 s", async (t) => {
  const { browser } = await open(t);
  const { untilLoaded } = await browser.load("core/network.js");
  const attempts = [];
  const load = async () => {
    attempts.push("attempt");
    if (attempts.length < 3) throw new TypeError("Failed to fetch dynamically imported module");
    return "module";
  };

  const loaded = untilLoaded(load);
  await settle();
  assert.equal(attempts.length, 1);
  browser.fire("online");
  await settle();
  assert.equal(attempts.length, 2);
  await browser.pass(29_000);
  assert.equal(attempts.length, 2);
  await browser.pass(1_000);

  assert.deepEqual([await loaded, attempts.length], ["module", 3]);
});

test("a module is not requested offline, unless a worker has it", async (t) => {
  const { browser } = await open(t);
  const { untilLoaded } = await browser.load("core/network.js");
  browser.navigator.onLine = false;
  const attempts = [];

  untilLoaded(async () => attempts.push("without a worker"));
  await settle();
  assert.deepEqual(attempts, []);
  browser.fire("online");
  await settle();
  browser.navigator.serviceWorker = { controller: {} };
  untilLoaded(async () => attempts.push("with a worker"));
  await settle();

  assert.deepEqual(attempts, ["without a worker", "with a worker"]);
});
