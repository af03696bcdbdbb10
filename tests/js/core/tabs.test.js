import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser, settle } from "../browser/open.js";

async function openChannels(t) {
  const { TabChannel } = await openBrowser(t).load("core/tabs.js");
  const heard = [];
  return {
    heard,
    join(name, options) {
      const channel = new TabChannel(name, options);
      channel.addEventListener("message", ({ data }) => heard.push(data));
      return channel;
    },
  };
}

test("tabs receive messages of other tabs but not their own", async (t) => {
  const { heard, join } = await openChannels(t);
  const [one, two] = [join("a"), join("a"), join("b")];

  one.post("from one");
  two.post("from two");
  await settle();

  assert.deepEqual(heard, ["from one", "from two"]);
});

test("a closed or isolated channel neither sends nor receives", async (t) => {
  const { heard, join } = await openChannels(t);
  const [closed, alone] = [join("a"), join("a", { isAlone: true })];
  closed.close();
  alone.post("x");
  join("a").post("y");
  await settle();
  alone.close();

  assert.deepEqual(heard, []);
});

test("nothing fails without BroadcastChannel", async (t) => {
  const { heard, join } = await openChannels(t);
  setGlobals({ BroadcastChannel: undefined });

  join("a").post("x");
  join("a").close();
  await settle();

  assert.deepEqual(heard, []);
});

test("nothing fails where storage is blocked, and with it channels and locks", async (t) => {
  const browser = openBrowser(t);
  const refuse = () => {
    throw new DOMException("No.", "SecurityError");
  };
  setGlobals({ BroadcastChannel: refuse });
  Object.defineProperty(browser.navigator, "locks", { get: refuse });
  const { TabChannel, withLock } = await browser.load("core/tabs.js");

  new TabChannel("a").post("x");
  new TabChannel("a").close();

  assert.equal(await withLock("work", async () => "done"), "done");
});

async function openLocks(t) {
  const browser = openBrowser(t);
  const first = await browser.load("core/tabs.js");
  const second = await browser.openTab()("core/tabs.js");
  return { browser, tabs: [first.withLock, second.withLock] };
}

test("two tabs run the work one after the other", async (t) => {
  const { tabs } = await openLocks(t);
  const log = [];
  const { promise, resolve } = Promise.withResolvers();

  const one = tabs[0]("work", async () => {
    log.push("first begins");
    await promise;
    log.push("first ends");
    return 1;
  });
  const two = tabs[1]("work", async () => log.push("second"));
  const other = tabs[1]("other work", async () => log.push("other"));
  await other;
  await settle();
  assert.deepEqual(log, ["first begins", "other"]);
  resolve();

  assert.deepEqual(await Promise.all([one, two]), [1, 4]);
  assert.deepEqual(log.slice(2), ["first ends", "second"]);
});

test("failed work releases the lock and throws its error", async (t) => {
  const { tabs } = await openLocks(t);

  await assert.rejects(tabs[0]("work", () => Promise.reject(new RangeError("no"))), RangeError);

  assert.equal(await tabs[1]("work", () => "done"), "done");
});

test("a page in the back/forward cache gets a temporary error", async (t) => {
  const { browser, tabs } = await openLocks(t);
  browser.navigator.locks.request = () =>
    Promise.reject(new DOMException("Not fully active.", "InvalidStateError"));

  await assert.rejects(tabs[0]("work", assert.fail), { name: "ApiError", isTemporary: true });
});

test("the work runs where the browser refuses locks because storage is blocked", async (t) => {
  const { browser, tabs } = await openLocks(t);
  browser.navigator.locks.request = () =>
    Promise.reject(new DOMException("Storage is blocked.", "SecurityError"));

  assert.equal(await tabs[0]("work", () => "done"), "done");
});

test("the work runs without Web Locks", async (t) => {
  const { browser, tabs } = await openLocks(t);
  browser.navigator.locks = undefined;

  assert.equal(await tabs[0]("work", () => "done"), "done");
});
