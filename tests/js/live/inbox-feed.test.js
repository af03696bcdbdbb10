import assert from "node:assert/strict";
import { test } from "node:test";
import { beginImpersonation, openSignedIn, settle, startSession } from "../browser/open.js";

async function open(t) {
  const browser = await openSignedIn(t);
  const { opened } = browser.WebSocket;
  const live = () => {
    opened.at(-1).accept();
    opened.at(-1).deliver({ type: "unread_count", unread_count: 3 });
  };
  /** Open a tab with a feed; `log` lists the events that the feed fires. */
  async function join() {
    const { InboxFeed } = await startSession(browser.openTab(), "live/inbox-feed.js");
    const log = [];
    const feed = new InboxFeed(async () => log.push("poll"));
    feed.addEventListener("frame", ({ detail }) => log.push(detail.type));
    feed.addEventListener("connection", () => log.push(feed.connection));
    feed.addEventListener("synced", () => log.push("synced"));
    t.after(() => feed.stop());
    feed.start();
    await settle();
    return { feed, log };
  }
  return { browser, opened, live, join };
}

test("frames of the leader's socket reach every tab", async (t) => {
  const { browser, opened, live, join } = await open(t);
  const one = await join();
  browser.show("hidden");
  const two = await join();
  assert.deepEqual([one.feed.isLeader, two.feed.isLeader, opened.length], [true, false, 1]);

  live();
  await settle();

  const expected = ["online", "synced", "unread_count"];
  assert.deepEqual(one.log, expected);
  assert.deepEqual(two.log.slice(-3), expected);
});

test("a new tab gets the current state and loads the list", async (t) => {
  const { browser, live, join } = await open(t);
  const one = await join();
  live();
  browser.show("hidden");

  const two = await join();

  assert.deepEqual(two.log, ["unread_count", "online", "synced"]);
  assert.deepEqual([two.feed.connection, two.feed.connectionSince], ["online", one.feed.connectionSince]);
});

test("a new tab is told if the leader is not synced yet", async (t) => {
  const { browser, join } = await open(t);
  await join();
  browser.show("hidden");

  const two = await join();

  assert.deepEqual(two.log, ["connecting", "synced"]);
});

test("only the leader answers a new tab", async (t) => {
  const { browser, live, join } = await open(t);
  await join();
  browser.show("hidden");
  await join();
  live();
  await settle();

  const three = await join();

  assert.deepEqual(three.log, ["unread_count", "online", "synced"]);
});

test("the visible tab takes over the leadership with its own socket", async (t) => {
  const { opened, live, join } = await open(t);
  const one = await join();
  live();

  const two = await join();
  assert.deepEqual([one.feed.isLeader, two.feed.isLeader], [false, true]);
  assert.deepEqual(opened.map(({ readyState }) => readyState), [3, 0]);
  live();
  await settle();

  assert.deepEqual(one.log.slice(-2), ["synced", "unread_count"]);
});

test("a tab leads when it becomes visible, and stops when it is left", async (t) => {
  const { browser, join } = await open(t);
  const one = await join();
  browser.show("hidden");
  const two = await join();

  one.feed.stop();
  await settle();
  assert.equal(two.feed.isLeader, true);
  browser.fire("pagehide");
  await settle();
  assert.equal(two.feed.isLeader, false);
  browser.show();
  await settle();

  assert.equal(two.feed.isLeader, true);
});

test("a shared frame reaches every tab", async (t) => {
  const { browser, join } = await open(t);
  const one = await join();
  browser.show("hidden");
  const two = await join();

  two.feed.share({ type: "unread_count", unread_count: 5 });
  await settle();

  assert.deepEqual([one.log.at(-1), two.log.at(-1)], ["unread_count", "unread_count"]);
});

test("the leader polls for all tabs if sockets are blocked", async (t) => {
  const { browser, join } = await open(t);
  const one = await join();
  browser.show("hidden");
  const two = await join();
  browser.show();

  await browser.pass(6_000);

  assert.equal([one, two].filter(({ log }) => log.includes("poll")).length, 1);
  assert.deepEqual([one.feed.connection, two.feed.connection], ["polling", "polling"]);
});

test("an impersonating tab has its own socket and shares nothing", async (t) => {
  const { browser, opened, join } = await open(t);
  const one = await join();
  beginImpersonation(browser);
  const impersonation = await join();

  impersonation.feed.share({ type: "unread_count", unread_count: 9 });
  await settle();

  assert.deepEqual([one.feed.isLeader, impersonation.feed.isLeader, opened.length], [true, true, 2]);
  assert.deepEqual([one.log, impersonation.log], [[], ["unread_count"]]);
});
