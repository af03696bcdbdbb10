import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { BOB, makeConversation } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const LIST = "GET /api/messaging/conversations/";
const conversation = (id) => `${LIST}${id}/`;
const ACTIVE = `${LIST}?page=1`;
const ARCHIVE = `${LIST}?page=1&archived=true`;
const pageOf = (...results) => ({ results, next: null, count: results.length });

async function start(t, { rows = [makeConversation(7)], archived = [], me, cached } = {}) {
  const browser = await openSignedIn(t, { me });
  browser.server.on(ACTIVE, () => pageOf(...rows));
  browser.server.on(ARCHIVE, () => pageOf(...archived));
  browser.server.on("GET /api/messaging/unread-count/", { unread_count: 4 });
  const { account, inbox } = await browser.load("live/account.js", "live/inbox.js");
  if (cached) await account.db.put("kv", cached, "inbox");
  const arrived = [];
  inbox.addEventListener("arrived", ({ detail }) => arrived.push(detail.conversation.id));
  t.after(() => inbox.stop());
  inbox.start();
  inbox.start();
  await settle();
  const { opened } = browser.WebSocket;
  const deliver = (frame) => opened.at(-1).deliver(frame);
  const live = () => {
    opened.at(-1).accept();
    deliver({ type: "pong" });
    return settle();
  };
  const updated = (conversation) => deliver({ type: "conversation_updated", conversation });
  const asked = (route) => browser.server.asked(route).length;
  return { browser, account, inbox, arrived, deliver, live, updated, asked };
}

const ids = ({ conversations }) => conversations.map(({ id }) => id);

test("the list is loaded at once and again when the socket is live", async (t) => {
  const { inbox, live, asked } = await start(t);
  assert.deepEqual([inbox.status, ids(inbox), inbox.hasMore, asked(ACTIVE)], ["ready", [7], false, 1]);
  assert.deepEqual([inbox.connection, inbox.isLeader, inbox.isPolled], ["connecting", true, false]);

  await live();

  assert.deepEqual([inbox.connection, asked(ACTIVE)], ["online", 2]);
});

/** Start, and connect with what the server knows of the first page, as [id, version] pairs. */
async function connect(t, newest, options) {
  const started = await start(t, options);
  const [socket] = started.browser.WebSocket.opened.slice(-1);
  const welcome = () => {
    socket.accept();
    socket.deliver({ type: "unread_count", unread_count: 1, newest });
    return settle();
  };
  await welcome();
  return { ...started, welcome };
}

test("the list is loaded once if the socket knows nothing newer when it connects", async (t) => {
  const { inbox, asked } = await connect(t, [[7, 10]]);

  assert.deepEqual([ids(inbox), inbox.connection, inbox.unreadCount, asked(ACTIVE)], [[7], "online", 1, 1]);
});

const MISSED = {
  "a change": [[7, 11]],
  "a new conversation": [[8, 1], [7, 10]],
  "an archived conversation": [],
};
for (const [what, newest] of Object.entries(MISSED)) {
  test(`the list is loaded again if ${what} came before the socket`, async (t) => {
    const { asked } = await connect(t, newest);

    assert.equal(asked(ACTIVE), 2);
  });
}

test("the list is loaded once if it arrives after the socket's frames", async (t) => {
  const browser = await openSignedIn(t);
  const { inbox } = await browser.load("live/inbox.js");
  t.after(() => inbox.stop());
  const answer = browser.server.hold(ACTIVE);
  inbox.start();
  await settle();
  const [socket] = browser.WebSocket.opened;
  socket.accept();
  socket.deliver({ type: "unread_count", unread_count: 1, newest: [[7, 10]] });
  for (const id of [7, 8]) {
    socket.deliver({ type: "conversation_updated", conversation: makeConversation(id, { version: 12 }) });
  }

  answer(pageOf(makeConversation(7)));
  await settle();

  assert.deepEqual(inbox.conversations.map(({ id, version }) => [id, version]), [[8, 12], [7, 12]]);
  assert.equal(browser.server.asked(ACTIVE).length, 1);
});

test("the archive is loaded again when the socket connects, even if nothing else is", async (t) => {
  const { inbox, browser, asked } = await start(t);
  await inbox.loadArchived();

  browser.WebSocket.opened.at(-1).accept();
  browser.WebSocket.opened.at(-1).deliver({ type: "unread_count", unread_count: 0, newest: [[7, 10]] });
  await settle();

  assert.deepEqual([asked(ACTIVE), asked(ARCHIVE)], [1, 2]);
});

test("the list is loaded again after each later connection", async (t) => {
  const { browser, asked } = await connect(t, [[7, 10]]);
  browser.WebSocket.opened.at(-1).hangUp(1006);
  await browser.pass(1_000);

  browser.WebSocket.opened.at(-1).accept();
  browser.WebSocket.opened.at(-1).deliver({ type: "unread_count", unread_count: 1, newest: [[7, 10]] });
  await settle();

  assert.equal(asked(ACTIVE), 2);
});

test("a poll on a slow network waits for the first load instead of repeating it", async (t) => {
  const browser = await openSignedIn(t);
  const { inbox } = await browser.load("live/inbox.js");
  t.after(() => inbox.stop());
  const answer = browser.server.hold(ACTIVE);
  browser.server.on("GET /api/messaging/unread-count/", { unread_count: 4 });
  inbox.start();
  await browser.pass(6_000);

  answer(pageOf(makeConversation(7)));
  await settle();

  assert.deepEqual([ids(inbox), inbox.connection, inbox.unreadCount], [[7], "polling", 4]);
  assert.equal(browser.server.asked(ACTIVE).length, 1);
});

test("a cached list is shown at once and reloaded when the socket is live", async (t) => {
  const cached = { conversations: [makeConversation(3)], unreadCount: 2 };
  const { inbox, live, asked } = await start(t, { cached });
  assert.deepEqual([ids(inbox), inbox.unreadCount, asked(ACTIVE)], [[3], 2, 0]);

  await live();

  assert.deepEqual([ids(inbox), asked(ACTIVE)], [[7], 1]);
});

test("the list is cached for the next page", async (t) => {
  const { account, deliver, live } = await start(t);
  await live();

  deliver({ type: "unread_count", unread_count: 9 });
  await settle();

  const { conversations, unreadCount } = await account.db.get("kv", "inbox");
  assert.deepEqual([conversations.map(({ id }) => id), unreadCount], [[7], 9]);
});

test('"arrived" fires for each new message, unless archived or read', async (t) => {
  const { inbox, arrived, live, updated } = await start(t);
  await live();

  updated(makeConversation(7, { unread_count: 1, version: 11 }));
  updated(makeConversation(7, { unread_count: 1, version: 12 }));
  updated(makeConversation(7, { unread_count: 2, version: 13 }));
  updated(makeConversation(7, { unread_count: 0, version: 14 }));
  updated(makeConversation(8, { unread_count: 1, version: 1 }));
  updated(makeConversation(9, { unread_count: 1, version: 1, is_archived: true }));

  assert.deepEqual([arrived, ids(inbox)], [[7, 7, 8], [8, 7]]);
  assert.deepEqual([ids(inbox.archived), inbox.get(9).id], [[9], 9]);
});

test("frames of other types are ignored", async (t) => {
  const { inbox, deliver, live } = await start(t);
  await live();
  const before = inbox.conversations;

  deliver({ type: "presence" });

  assert.equal(inbox.conversations, before);
});

test("an archived conversation leaves a trainee's list for good", async (t) => {
  const { browser, inbox, live, updated, asked } = await start(t, { me: BOB });
  await live();

  updated(makeConversation(7, { version: 11, is_archived: true }));
  assert.deepEqual([ids(inbox), inbox.get(7)], [[], null]);
  browser.server.on(ACTIVE, pageOf());
  browser.server.on(conversation(7), refusal(404, "not_found"));

  assert.equal(await inbox.locate(7), null);
  assert.equal(asked(ARCHIVE), 0);
});

test("a conversation of no loaded page is located with one request", async (t) => {
  const { browser, inbox, asked } = await start(t);
  browser.server.on(conversation(5), makeConversation(5, { is_archived: true }));
  browser.server.on(conversation(9), refusal(404, "not_found"));
  const before = browser.server.requests.length;

  assert.equal((await inbox.locate(7)).id, 7);
  assert.equal((await inbox.locate(5)).is_archived, true);
  assert.deepEqual([inbox.get(5).id, ids(inbox)], [5, [7]]);
  assert.equal(await inbox.locate(9), null);

  assert.deepEqual([asked(conversation(5)), browser.server.requests.length - before], [1, 2]);
});

test("a conversation is found by its trainee if it is loaded", async (t) => {
  const { inbox } = await start(t);

  assert.equal(inbox.findByTrainee(BOB.id).trainee.id, BOB.id);
  assert.equal(inbox.findByTrainee(99), null);
});

test("a located conversation is reloaded with the list until a list has it", async (t) => {
  const { browser, inbox, live, updated, asked } = await start(t);
  await live();
  browser.server.on(conversation(5), makeConversation(5));
  await inbox.locate(5);
  await inbox.retry();
  await settle();
  assert.equal(asked(conversation(5)), 2);

  updated(makeConversation(5, { is_archived: true, version: 11 }));
  await inbox.retry();
  await settle();

  assert.deepEqual([asked(conversation(5)), inbox.get(5).version], [2, 11]);
});

test("list and archive load more pages on demand", async (t) => {
  const { browser, inbox } = await start(t);
  const rows = Array.from({ length: 60 }, (_, index) => makeConversation(60 - index));
  for (const archived of ["", "&archived=true"]) {
    const ofList = rows.map((row) => ({ ...row, is_archived: archived !== "" }));
    browser.server.on(`${LIST}?page=1${archived}`, { results: ofList.slice(0, 50), next: "…", count: 60 });
    browser.server.on(`${LIST}?page=2${archived}`, { results: ofList.slice(50), next: null, count: 60 });
  }
  await inbox.retry();
  await inbox.loadArchived();
  assert.deepEqual([inbox.conversations.length, inbox.archived.conversations.length], [50, 50]);

  await inbox.loadMore();
  await inbox.loadMoreArchived();
  assert.deepEqual([inbox.conversations.length, inbox.archived.conversations.length], [60, 60]);
  await inbox.retry();

  assert.deepEqual([inbox.archived.isFresh, inbox.archived.status], [true, "ready"]);
});

test("a list that failed to load is an error until a retry", async (t) => {
  const { account, browser, inbox } = await start(t);
  inbox.stop();
  await account.db.delete("kv", "inbox");
  browser.server.on(ACTIVE, refusal(503, "unavailable"));
  inbox.start();
  await settle();
  assert.equal(inbox.status, "error");

  browser.server.on(ACTIVE, pageOf(makeConversation(7)));
  await inbox.retry();

  assert.equal(inbox.status, "ready");
});

test("the list is polled if sockets are blocked, in full every sixth time", async (t) => {
  const { browser, inbox, asked } = await start(t);
  t.mock.method(Math, "random", () => 0.5);
  const rows = Array.from({ length: 60 }, (_, index) => makeConversation(60 - index));
  browser.server.on(ACTIVE, { results: rows.slice(0, 50), next: "…", count: 60 });
  browser.server.on(`${LIST}?page=2`, { results: rows.slice(50), next: null, count: 60 });
  await inbox.retry();
  await inbox.loadMore();
  const [first, second] = [asked(ACTIVE), asked(`${LIST}?page=2`)];

  await browser.pass(6_000 + 6 * 5_000);

  assert.deepEqual([inbox.connection, inbox.isPolled, inbox.unreadCount], ["polling", true, 4]);
  assert.equal(asked(ACTIVE) - first, 7);
  assert.equal(asked(`${LIST}?page=2`) - second, 2);
});

test("a stopped inbox is empty and ignores late responses", async (t) => {
  const { browser, account, inbox, live } = await start(t);
  await live();
  const answer = browser.server.hold(ACTIVE);
  const loading = inbox.retry();
  await settle();

  inbox.stop();
  await account.db.delete("kv", "inbox");
  answer(pageOf(makeConversation(8)));
  await loading;

  assert.deepEqual([ids(inbox), inbox.unreadCount, inbox.status], [[], 0, "loading"]);
  assert.deepEqual([inbox.connection, inbox.isLeader], ["connecting", false]);
  assert.ok(inbox.connectionSince <= performance.now());
  assert.equal(await account.db.get("kv", "inbox"), undefined);
});

test("an inbox stopped while it reads the cache does not start", async (t) => {
  const { inbox, asked } = await start(t);
  inbox.stop();
  const before = asked(ACTIVE);

  inbox.start();
  inbox.stop();
  await settle();

  assert.equal(asked(ACTIVE), before);
});

test("a poll that ends after the stop shares nothing", async (t) => {
  const { browser, inbox } = await start(t);
  const answer = browser.server.hold("GET /api/messaging/unread-count/");
  await browser.pass(6_000);

  inbox.stop();
  answer({ unread_count: 8 });
  await settle();

  assert.equal(inbox.unreadCount, 0);
});

test("a conversation that the user marks as read is read at once, even without a socket", async (t) => {
  const { browser, inbox, deliver, live } = await start(t, { rows: [makeConversation(7, { unread_count: 3 })] });
  await live();
  deliver({ type: "unread_count", unread_count: 4 });
  browser.server.on("POST /api/messaging/conversations/7/read/", { messages_marked: 3 });

  await inbox.markRead(7);

  assert.deepEqual([inbox.get(7).unread_count, inbox.unreadCount], [0, 1]);
  browser.server.on("POST /api/messaging/conversations/7/read/", refusal(503, "busy"));
  await assert.rejects(inbox.markRead(7), { status: 503 });
});
