import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";

async function open(t) {
  const browser = openBrowser(t);
  const { page, clock, network } = await browser.load("live/page.js", "core/network.js");
  const events = [];
  for (const type of ["visible", "hidden", "online", "offline", "focus", "left", "restored"]) {
    page.addEventListener(type, () => events.push(type));
  }
  return { browser, page, clock, network, events };
}

test("a page has the focus only while it is visible", async (t) => {
  const { browser, page, events } = await open(t);
  assert.deepEqual([page.isVisible, page.hasFocus, page.isOnline], [true, true, true]);

  browser.document.isFocused = false;
  assert.deepEqual([page.isVisible, page.hasFocus], [true, false]);
  browser.show("hidden");
  assert.deepEqual([page.isVisible, page.hasFocus], [false, false]);
  browser.document.isFocused = true;
  browser.show();
  browser.fire("focus");

  assert.deepEqual(events, ["hidden", "visible", "focus"]);
});

test("a page from the back/forward cache fires restored, then visible", async (t) => {
  const { browser, events } = await open(t);

  browser.fire("pageshow", { persisted: false });
  browser.fire("pagehide");
  browser.fire("pageshow", { persisted: true });

  assert.deepEqual(events, ["left", "restored", "visible"]);
});

test("the network state is that of core/network.js", async (t) => {
  const { browser, page, events } = await open(t);
  browser.server.isReachable = false;
  browser.navigator.onLine = false;

  browser.fire("offline");
  await settle();
  assert.equal(page.isOnline, false);
  browser.fire("online");

  assert.deepEqual([page.isOnline, events], [true, ["offline", "online"]]);
});

test("the clock shows the server's time as soon as it is known", async (t) => {
  const { clock, network } = await open(t);
  const server = Date.now() - 86_400_000;

  network.reportAnswer(new Date(server).toUTCString());

  assert.deepEqual([+clock.now, clock.zone], [server, "America/New_York"]);
});

test("the clock ticks every 30 s while the page is visible, and on return to it", async (t) => {
  const { browser, clock } = await open(t);
  const times = [];
  clock.addEventListener("change", () => times.push(Number(clock.now)));
  const start = Date.now();

  await browser.pass(60_000);
  browser.show("hidden");
  await browser.pass(60_000);
  browser.show();

  assert.deepEqual(times.map((time) => (time - start) / 1000), [30, 60, 120]);
});
