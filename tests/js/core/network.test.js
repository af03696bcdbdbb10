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

test("a device that says it is offline is asked about: an answer proves it wrong", async (t) => {
  const { browser, network, events } = await open(t);
  browser.server.on("HEAD /healthz", "ok");
  browser.navigator.onLine = false;

  browser.fire("offline");
  await settle();

  assert.deepEqual([network.isOnline, events], [true, ["online"]]);
  assert.equal(browser.server.requests[0].options.cache, "no-store");
});

test("without an answer within 2 s there is no network, until any answer comes", async (t) => {
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

test("an answer that does not come is the server's fault while the device has a network", async (t) => {
  const { network, events } = await open(t);

  network.reportFailure();

  assert.deepEqual([network.isOnline, events], [true, []]);
});

test("a device that says it is online again is believed", async (t) => {
  const { browser, network, events } = await open(t);
  browser.navigator.onLine = false;
  network.reportFailure();

  browser.fire("online");

  assert.deepEqual([network.isOnline, events], [true, ["offline", "online"]]);
});
