import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation, makeMessage } from "../browser/people.js";

const START = "POST /api/messaging/conversations/start/";

async function open(t) {
  const browser = await openSignedIn(t);
  const { inbox, outbox, openNewThread } = await browser.load("live/new-thread.js", "live/inbox.js", "live/outbox.js");
  await outbox.start(ALICE.id);
  t.after(() => outbox.stop());
  const thread = openNewThread(BOB.id);
  const created = [];
  thread.addEventListener("created", ({ detail }) => created.push(detail));
  return { browser, inbox, thread, created };
}

test("a new thread has nothing to load, mark or type", async (t) => {
  const { inbox, thread } = await open(t);

  await Promise.all([thread.loadOlder(), thread.loadNewer(), thread.jumpTo(1), thread.retry()]);
  thread.showNewest();
  thread.readUpTo(1);
  thread.type(true);
  thread.seen(1);

  assert.deepEqual([thread.status, thread.messages, thread.pending], ["ready", [], []]);
  assert.deepEqual([thread.newestMessages, thread.hasNewer], [[], false]);
  assert.deepEqual([thread.connection, thread.id, thread.heldFor], [inbox.connection, null, 0]);
  assert.equal(thread.connectionSince, inbox.connectionSince);
});

test("the first message creates the conversation", async (t) => {
  const { browser, thread, created } = await open(t);
  const answer = browser.server.hold(START);

  await thread.send("hello");
  await settle();
  assert.deepEqual([thread.pending.map(({ content }) => content), created], [["hello"], []]);
  answer({ conversation_id: 7, message: makeMessage(1) });
  await settle();

  assert.deepEqual([created, browser.server.asked(START)[0].trainee_id], [[7], BOB.id]);
});

test("a conversation created elsewhere is reported once", async (t) => {
  const { inbox, thread, created } = await open(t);
  let changes = 0;
  thread.addEventListener("change", () => (changes += 1));

  inbox.changed();
  assert.deepEqual([created, changes], [[], 1]);
  inbox.put(makeConversation(7));
  inbox.changed();
  inbox.changed();

  assert.deepEqual(created, [7]);
});

test("other conversations are ignored, and a closed thread fires nothing", async (t) => {
  const { browser, inbox, thread, created } = await open(t);
  inbox.put(makeConversation(8, { trainee: { ...BOB, id: 3 } }));
  inbox.changed();
  assert.deepEqual(created, []);

  thread.close();
  inbox.put(makeConversation(7));
  inbox.changed();
  await browser.pass(0);

  assert.deepEqual(created, []);
});
