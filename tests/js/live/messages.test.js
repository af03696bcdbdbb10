import assert from "node:assert/strict";
import { test } from "node:test";
import {
  daySections,
  markRead,
  mergeMessages,
  threadItems,
} from "../../../web/static/web/live/messages.js";
import { ALICE, BOB, makeMessage } from "../browser/people.js";

const entry = { client_id: "c", content: "hi", created_at: 0, state: "waiting", error: null };

test("merging changes neither argument", () => {
  const [held, incoming] = [[makeMessage(2)], [makeMessage(1)]];

  assert.deepEqual(mergeMessages(held, incoming).map(({ id }) => id), [1, 2]);
  assert.deepEqual([held.length, incoming.length], [1, 1]);
});

test("ids are compared as numbers, up to the largest safe integer", () => {
  const large = Number.MAX_SAFE_INTEGER;

  const merged = mergeMessages([makeMessage(large), makeMessage(9)], [makeMessage(large - 1)]);

  assert.deepEqual(merged.map(({ id }) => id), [9, large - 1, large]);
});

test("a read receipt that changes nothing returns the same array", () => {
  const messages = [makeMessage(1, { is_read: true }), makeMessage(2)];
  const mark = { upTo: 1, readAt: "now", version: 9 };

  assert.equal(markRead(messages, () => true, mark), messages);
});

test("a read receipt raises a message's version and never lowers it", () => {
  const messages = [makeMessage(1, { version: 3 }), makeMessage(2, { version: 30 }), makeMessage(3)];

  const read = markRead(messages, () => true, { upTo: 2, readAt: "now", version: 9 });

  assert.deepEqual(read.map(({ version }) => version), [9, 30, 3]);
  assert.equal(read[2], messages[2]);
});

test("an own message keeps its key from the outbox, others are keyed by id", () => {
  const theirs = makeMessage(2, { client_id: "theirs" });
  const own = makeMessage(3, { client_id: "c", is_read: true });

  const before = threadItems([theirs], [entry], ALICE.id);
  const after = threadItems([theirs, own], [], ALICE.id);

  assert.deepEqual(before.map(({ key, state }) => [key, state]), [["id-2", "sent"], ["c", "waiting"]]);
  assert.deepEqual(after.map(({ key, state }) => [key, state]), [["id-2", "sent"], ["c", "read"]]);
});

test("an unchanged message is the same item as before", () => {
  const messages = [10, 11, 12].map((id) => makeMessage(id));
  const mark = { upTo: 11, readAt: "now", version: 20 };
  const before = threadItems(messages, [entry], ALICE.id);

  const marked = markRead(messages, ({ id }) => id === 11, mark);
  const after = threadItems(marked, [entry], ALICE.id);

  assert.deepEqual(after.map((item, index) => item === before[index]), [true, false, true, true]);
});

test("days are in the user's time zone, and a 5 min pause splits a group", () => {
  // In New York, where midnight is at 05:00 UTC.
  const times = { 1: "04:58", 3: "04:59", 5: "05:01", 6: "05:02", 8: "05:30", 9: "04:00" };
  const messages = Object.entries(times).map(([id, time]) =>
    makeMessage(Number(id), { created_at: `2026-02-16T${time}:00Z` }),
  );

  const sections = daySections(threadItems(messages, [], ALICE.id));

  const shown = sections.map(({ key, groups }) => [key, groups.map(({ items }) => items.map(({ id }) => id))]);
  // An earlier time does not go back a day.
  assert.deepEqual(shown, [["2026-02-15", [[1, 3]]], ["2026-02-16", [[5], [6], [8], [9]]]]);
});

test("an item has what is special about its message", () => {
  const reply = { id: 3, sender: ALICE, preview: "message 3", is_deleted: false };
  const reactions = [{ emoji: "👍", user_ids: [ALICE.id] }];
  const times = { edited_at: "2026-02-16T12:01:00Z", read_at: "2026-02-16T12:02:00Z" };
  const message = makeMessage(4, { ...times, reply_to: reply, reactions, attachments: [] });

  const [item] = threadItems([message], [], ALICE.id);

  assert.deepEqual([item.editedAt.toISOString(), item.readAt.toISOString()], [
    "2026-02-16T12:01:00.000Z",
    "2026-02-16T12:02:00.000Z",
  ]);
  assert.deepEqual([item.replyTo, item.reactions, item.attachments], [reply, reactions, []]);
  assert.deepEqual([item.isDeleted, item.event], [false, null]);
  assert.deepEqual(item.parts, [{ kind: "text", text: "message 4", isLarge: false }]);
});

test("items of an older cache and of the outbox have empty fields", () => {
  for (const item of threadItems([makeMessage(4)], [entry], ALICE.id)) {
    const { isDeleted, event, editedAt, readAt, replyTo, attachments, reactions } = item;
    assert.deepEqual([isDeleted, event, editedAt, readAt, replyTo], [false, null, null, null, null]);
    assert.deepEqual([attachments, reactions], [[], []]);
  }
});

test("an entry that answers a message quotes it as it is now", () => {
  const answer = { ...entry, reply_to: 4 };
  const [before] = threadItems([], [answer], ALICE.id);
  const messages = [makeMessage(4)];

  const [, first] = threadItems(messages, [answer], ALICE.id);
  const [, second] = threadItems(messages, [answer], ALICE.id);
  const [, deleted] = threadItems([makeMessage(4, { content: "", is_deleted: true })], [answer], ALICE.id);

  assert.deepEqual(before.replyTo, { id: 4, sender: null, preview: null, is_deleted: false });
  assert.deepEqual(first.replyTo, { id: 4, sender: BOB, preview: "message 4", is_deleted: false });
  assert.equal(second, first);
  assert.deepEqual(deleted.replyTo, { id: 4, sender: BOB, preview: null, is_deleted: true });
});

test("an event is alone in its group", () => {
  const messages = [2, 4, 6].map((id) => makeMessage(id, { event: id === 4 ? "joined" : null }));

  const [{ groups }] = daySections(threadItems(messages, [], ALICE.id));

  assert.deepEqual(groups.map(({ items }) => items.map(({ id }) => id)), [[2], [4], [6]]);
});

test("a thread without messages has no days", () => {
  assert.deepEqual(daySections(threadItems([], [], ALICE.id)), []);
});
