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
