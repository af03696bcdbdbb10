import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";

async function start(t, { isReachable = true } = {}) {
  const browser = await openSignedIn(t);
  const { Feed } = await browser.load("live/feed.js");
  const state = { asked: 0, isReachable };
  const events = [];
  function open() {
    const poll = async () => {
      state.asked += 1;
      if (!state.isReachable) throw new Error("no answer");
    };
    const feed = new Feed({ path: () => "/ws/messaging/", poll });
    feed.addEventListener("connection", () => events.push(feed.connection));
    feed.addEventListener("frame", ({ detail }) => events.push(detail));
    feed.addEventListener("gone", () => events.push("gone"));
    t.after(() => feed.stop());
    feed.start();
    return feed;
  }
  const feed = open();
  await settle();
  const { opened } = browser.WebSocket;
  const live = () => {
    opened.at(-1).accept();
    opened.at(-1).deliver("frame");
  };
  /** Break every connection as soon as it is opened, for this many seconds. */
  async function block(seconds) {
    for (let half = 0; half < 2 * seconds; half += 1) {
      if (opened.at(-1).readyState === 0) opened.at(-1).hangUp(1006);
      await browser.pass(500);
    }
  }
  return { browser, feed, open, events, opened, state, live, block };
}

test("a feed passes on socket frames and does not poll meanwhile", async (t) => {
  const { browser, feed, events, opened, state, live } = await start(t);
  assert.equal(feed.connectionSince, performance.now());

  live();
  assert.deepEqual(events, ["online", "frame"]);
  feed.send({ type: "typing" });
  await browser.pass(10_000);
  opened[0].hangUp(4003);

  assert.equal(opened[0].sent[1].type, "typing");
  assert.deepEqual([state.asked, events.at(-1), feed.connection], [0, "gone", "online"]);
});

test("polling starts after 6 s without a socket, and stops with one", async (t) => {
  const { browser, feed, state, live } = await start(t);
  t.mock.method(Math, "random", () => 0.5);

  await browser.pass(5_500);
  assert.equal(state.asked, 0);
  await browser.pass(500);
  assert.deepEqual([state.asked, feed.connection], [1, "polling"]);
  await browser.pass(3_000);
  live();
  assert.equal(feed.connection, "online");
  const { asked } = state;
  await browser.pass(15_000);

  assert.equal(state.asked, asked);
});

test("polling starts after three connections without a frame", async (t) => {
  const { state, block } = await start(t);

  await block(4);

  assert.equal(state.asked, 1);
});

test("a new feed polls at once if another found sockets blocked", async (t) => {
  const { open, state, block } = await start(t);
  await block(6);
  const { asked } = state;

  open();
  await settle();

  assert.equal(state.asked, asked + 1);
});

test("an unreachable server does not count as blocked sockets", async (t) => {
  const { open, state, block } = await start(t, { isReachable: false });
  await block(6);
  const { asked } = state;

  open();
  await settle();

  assert.equal(state.asked, asked);
});

test("a refused socket ends the feed or leaves it polling", async (t) => {
  const { browser, feed, opened, state } = await start(t);
  opened[0].hangUp(4003);

  feed.pollOnly();
  await settle();
  assert.deepEqual([state.asked, feed.connection], [1, "polling"]);
  await browser.pass(60_000);

  assert.equal(opened.length, 1);
});

test("the connection's start counts from the first try, and again from a return to the page", async (t) => {
  const { browser, feed, events, opened } = await start(t);
  const began = feed.connectionSince;
  opened[0].hangUp(1006);
  assert.deepEqual([feed.connection, feed.connectionSince], ["reconnecting", began]);

  browser.show("hidden");
  await browser.pass(60_000);
  events.length = 0;
  browser.show();

  assert.equal(feed.connectionSince, performance.now());
  assert.deepEqual(events, ["reconnecting"]);
});

test("returning to an open connection fires nothing", async (t) => {
  const { browser, events, live } = await start(t);
  live();

  browser.show();

  assert.deepEqual(events, ["online", "frame"]);
});

test("a lost network is reported, whatever the last poll found", async (t) => {
  const { browser, feed } = await start(t);
  await browser.pass(6_000);
  assert.equal(feed.connection, "polling");
  browser.server.isReachable = false;
  browser.navigator.onLine = false;

  browser.fire("offline");
  await settle();

  assert.equal(feed.connection, "offline");
});
