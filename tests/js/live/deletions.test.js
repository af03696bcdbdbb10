import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { makeConversation, makeMessage, makePage } from "../browser/people.js";
import { refusal } from "../browser/server.js";
import { TestWorker, TestWorkers } from "../browser/workers.js";

const LIST = "GET /api/messaging/conversations/";
const NEWEST = `GET /api/messaging/conversations/7/messages/?before=${Number.MAX_SAFE_INTEGER}&limit=20`;
const OLD = { id: 7, conversation: makeConversation(7), messages: [makeMessage(4), makeMessage(5)], hasOlder: false, version: 10 };
const GONE = makeMessage(4, { content: "", is_deleted: true, version: 12 });

/** Start to follow deletions, with a list of one conversation and its cached thread. */
async function start(t, { row = {}, followed = [] } = {}) {
  const browser = await openSignedIn(t);
  const worker = new TestWorker();
  browser.navigator.serviceWorker = new TestWorkers();
  browser.navigator.serviceWorker.registration.active = worker;
  const list = (more) => ({ results: [makeConversation(7, more)], next: "more", count: 60 });
  browser.server.on(LIST, list(row));
  browser.server.on("GET /api/messaging/unread-count/", { unread_count: 0 });
  const { account, inbox, followDeletions } = await browser.load("live/account.js", "live/inbox.js", "live/deletions.js");
  const { db } = account;
  await db.put("threads", OLD);
  await db.put("kv", followed, "deletions");
  inbox.start();
  await settle();
  t.after(() => inbox.stop());
  const update = async (more) => {
    inbox.put(makeConversation(7, more));
    await settle();
  };
  const texts = async () => (await db.get("threads", 7))?.messages.map(({ content }) => content);
  return { browser, db, inbox, worker, update, texts, followDeletions };
}

test("a cached thread from before a deletion is replaced by the newest messages", async (t) => {
  const { browser, db, update, texts, worker, followDeletions } = await start(t);
  browser.server.on(NEWEST, makePage([GONE, makeMessage(5)], { next: "older" }));
  followDeletions();

  await update({ version: 12, deleted_version: 12 });

  assert.deepEqual(await texts(), ["", "message 5"]);
  const { version, hasOlder, conversation } = await db.get("threads", 7);
  assert.deepEqual([version, hasOlder, conversation.deleted_version], [12, true, 12]);
  assert.deepEqual(worker.messages, [{ type: "FORGET_PHOTOS" }]);
});

test("a deletion in a conversation below the loaded ones is followed", async (t) => {
  const { browser, inbox, worker, followDeletions } = await start(t);
  browser.WebSocket.opened[0].accept();
  followDeletions();
  const last_message_at = "2020-01-01T00:00:00Z";
  inbox.conversations[0].last_message_at = "2026-01-01T00:00:00Z";

  const conversation = makeConversation(8, { last_message_at, deleted_version: 12 });
  browser.WebSocket.opened[0].deliver({ type: "conversation_updated", conversation });
  await settle();

  assert.deepEqual(worker.messages, [{ type: "FORGET_PHOTOS" }]);
});

test("without a network it is deleted at once", async (t) => {
  const { browser, update, texts, followDeletions } = await start(t);
  followDeletions();
  const answer = browser.server.hold(NEWEST);

  await update({ version: 12, deleted_version: 12 });
  assert.equal(await texts(), undefined);
  answer(refusal(503, "unavailable"));
  await settle();

  assert.equal(await texts(), undefined);
});

test("a deletion that the list knew before is followed when the page opens, and only once", async (t) => {
  const { browser, db, texts, update, worker, followDeletions } = await start(t, { row: { version: 12, deleted_version: 12 } });
  browser.server.on(NEWEST, makePage([GONE, makeMessage(5)]));

  followDeletions();
  await settle();
  await db.put("threads", { ...OLD, version: 13 });
  followDeletions();
  await update({ version: 14, deleted_version: 12 });

  assert.deepEqual(await texts(), ["message 4", "message 5"]);
  assert.equal(worker.messages.length, 1);
  assert.deepEqual(await db.get("kv", "deletions"), [[7, 12]]);
});

test("a deletion that an earlier page followed is not followed again", async (t) => {
  const { worker, texts, followDeletions } = await start(t, { row: { version: 12, deleted_version: 12 }, followed: [[7, 12]] });

  followDeletions();
  await settle();

  assert.deepEqual([worker.messages, await texts()], [[], ["message 4", "message 5"]]);
});

test("a thread that an open page has stored meanwhile stays", async (t) => {
  const { browser, db, update, texts, followDeletions } = await start(t);
  followDeletions();
  const answer = browser.server.hold(NEWEST);
  await update({ version: 12, deleted_version: 12 });

  await db.put("threads", { ...OLD, messages: [GONE, makeMessage(5), makeMessage(6)], version: 13 });
  answer(makePage([GONE, makeMessage(5)]));
  await settle();

  assert.deepEqual(await texts(), ["", "message 5", "message 6"]);
});

test("after the sign-out nothing is followed", async (t) => {
  const { browser, update, worker, followDeletions } = await start(t);
  followDeletions();

  await browser.session.signOut();
  await update({ version: 12, deleted_version: 12 });

  assert.deepEqual(worker.messages, []);
});
