import assert from "node:assert/strict";
import { test } from "node:test";
import { openImpersonation, openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation, makeMessage, makePage } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const READ = "POST /api/messaging/conversations/7/read/";
const NAMES = ["read-receipts", "thread-feed", "timeline", "inbox"].map((name) => `live/${name}.js`);

/**
 * Open a thread with these messages loaded; Bob's messages have even ids. `sent()` lists the read
 * receipts sent over the thread's socket, and `answer()` delivers the frame that confirms them.
 */
async function open(t, { ids = [2, 4, 6], openBrowser = openSignedIn, next = null, unread = 3, isOpen = true } = {}) {
  const browser = await openBrowser(t);
  const { ReadReceipts, ThreadFeed, Timeline, inbox } = await browser.load(...NAMES);
  inbox.put(makeConversation(7, { version: 6, unread_count: unread }));
  const timeline = new Timeline(ALICE.id);
  timeline.begin(makePage(ids.map((id) => makeMessage(id)), { next }));
  timeline.advanceTo(6);
  const feed = new ThreadFeed(7, timeline);
  const receipts = new ReadReceipts(7, timeline, feed);
  feed.addEventListener("change", () => receipts.consider());
  t.after(() => (feed.stop(), receipts.stop()));
  const unchanged = { results: [], next: null, version: 6 };
  browser.server.on("GET /api/messaging/conversations/7/messages/", unchanged);
  feed.start();
  await settle();
  const [socket] = browser.WebSocket.opened;
  if (isOpen) socket.accept();
  if (isOpen) socket.deliver({ type: "pong", version: 6 });
  return {
    browser,
    receipts,
    timeline,
    feed,
    sent: () => socket.sent.filter(({ type }) => type === "read").map(({ up_to }) => up_to),
    answer: (up_to) => socket.deliver({ type: "conversation_read", up_to, read_at: "now", version: 7 }),
    asked: () => browser.server.asked(READ),
  };
}

test("seen messages are marked as read, one request at a time", async (t) => {
  const { receipts, sent, answer } = await open(t);

  receipts.seen(2);
  receipts.seen(4);
  receipts.seen(6);
  assert.deepEqual(sent(), [2]);
  answer(2);
  assert.deepEqual(sent(), [2, 6]);
  answer(6);
  receipts.consider();

  assert.deepEqual(sent(), [2, 6]);
});

test("deleted messages need no read receipt", async (t) => {
  const { receipts, sent, feed } = await open(t, { ids: [2, 4] });
  feed.add(makeMessage(4, { version: 7, is_deleted: true, content: "" }));

  receipts.seen(4);

  assert.deepEqual(sent(), [2]);
});

test("own messages need no read receipt", async (t) => {
  const { receipts, sent } = await open(t, { ids: [2, 3, 5], unread: 1 });

  receipts.seen(5);

  assert.deepEqual(sent(), [2]);
});

test("nothing is marked as read before the page has the focus", async (t) => {
  const { browser, receipts, sent } = await open(t);
  browser.document.isFocused = false;

  receipts.seen(4);
  assert.deepEqual(sent(), []);
  browser.document.isFocused = true;
  browser.fire("focus");
  assert.deepEqual(sent(), [4]);
  browser.show();

  assert.deepEqual(sent(), [4]);
});

test("nothing is marked as read while the thread is not synced", async (t) => {
  const { receipts, feed, sent } = await open(t);
  feed.stop();

  receipts.seen(4);

  assert.deepEqual(sent(), []);
});

test("impersonation marks nothing as read", async (t) => {
  const { receipts, sent } = await open(t, { openBrowser: openImpersonation });

  receipts.seen(4);

  assert.deepEqual(sent(), []);
});

test("nothing is marked as read while earlier unread messages are not loaded", async (t) => {
  const { receipts, timeline, sent } = await open(t, { next: "/api/…", unread: 4 });

  receipts.seen(6);
  assert.deepEqual(sent(), []);
  timeline.addOlder(makePage([makeMessage(1)]));
  receipts.seen(6);

  assert.deepEqual(sent(), [6]);
});

test("nothing is marked as read between a reset and its page", async (t) => {
  const { receipts, timeline, sent } = await open(t);
  timeline.reset(3);

  receipts.seen(6);

  assert.deepEqual(sent(), []);
});

test("a read receipt that the socket does not confirm within 5 s goes over REST", async (t) => {
  const { browser, receipts, timeline, asked } = await open(t);
  browser.server.on(READ, { read_at: "2026-02-16T12:00:05Z" });

  receipts.seen(6);
  await browser.pass(4_500);
  assert.deepEqual(asked(), []);
  await browser.pass(500);

  assert.deepEqual(asked(), [{ up_to: 6 }]);
  assert.equal(timeline.messages[0].read_at, "2026-02-16T12:00:05Z");
});

test("without a socket a read receipt goes over REST, again after a failure", async (t) => {
  const { browser, receipts, timeline, asked } = await open(t, { isOpen: false });
  browser.server.on(READ, refusal(429, "throttled", { "Retry-After": "7" }));
  receipts.seen(6);
  await browser.pass(6_500);
  assert.equal(asked().length, 1);
  browser.server.on(READ, refusal(503, "unavailable"));
  await browser.pass(500);
  assert.equal(asked().length, 2);

  browser.server.on(READ, { read_at: "now" });
  await browser.pass(5_000);

  assert.deepEqual([asked().length, timeline.messages.every((each) => each.is_read)], [3, true]);
});

test("an answer reads everything up to a message, also what is not loaded", async (t) => {
  const { receipts, sent, answer, timeline } = await open(t, { next: "older", unread: 150 });
  receipts.seen(6);
  assert.deepEqual(sent(), []);

  receipts.readUpTo(4);
  assert.deepEqual(sent(), [4]);
  answer(4);

  assert.deepEqual(timeline.messages.map((each) => each.is_read), [true, true, false]);
});

test("a message that arrives after an answer is not read by it", async (t) => {
  const { receipts, sent, answer, feed } = await open(t);
  receipts.readUpTo(6);
  answer(6);

  feed.add(makeMessage(3, { sender: BOB, version: 8 }));

  assert.deepEqual(sent(), [6]);
});

for (const late of [{ read_at: "now" }, refusal(503, "unavailable")]) {
  test(`a response after the stop is ignored (${late.status ?? 200})`, async (t) => {
    const { browser, receipts, timeline, asked } = await open(t, { isOpen: false });
    const answer = browser.server.hold(READ);
    receipts.seen(6);
    await settle();

    receipts.stop();
    answer(late);
    await browser.pass(20_000);

    assert.deepEqual([asked().length, timeline.messages[0].is_read], [1, false]);
  });
}

// Whether there may be unread messages before the oldest loaded one
// ------------------------------------------------------------------------------
const hides = {
  "nothing older": [{ hasOlder: false }, false],
  "a message that is read": [{ messages: [makeMessage(4, { is_read: true }), makeMessage(6)] }, false],
  "as many as the row counts": [{ unread_count: 2 }, false],
  "fewer than the row counts": [{ unread_count: 3 }, true],
  "a row that is not known": [{ conversation: null }, true],
  "only messages newer than the row": [{ version: 3, unread_count: 0 }, true],
  "one's own that was there by then": [{ messages: [makeMessage(5), makeMessage(8)], unread_count: 0 }, false],
  "an empty page": [{ messages: [], unread_count: 0 }, true],
};

for (const [name, [more, expected]] of Object.entries(hides)) {
  test(`with ${name}, earlier messages ${expected ? "can" : "cannot"} be unread`, async (t) => {
    const { load } = await openSignedIn(t);
    const { mayHideUnread } = await load("live/read-receipts.js");
    const { version = 6, unread_count = 2, ...rest } = more;
    const thread = {
      messages: [makeMessage(4), makeMessage(6)],
      hasOlder: true,
      conversation: makeConversation(7, { version, unread_count }),
      isOthers: ({ sender }) => sender.id === BOB.id,
      ...rest,
    };

    assert.equal(mayHideUnread(thread), expected);
  });
}
