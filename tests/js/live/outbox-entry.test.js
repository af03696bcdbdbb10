import assert from "node:assert/strict";
import { test } from "node:test";
import {
  queueHeads,
  isOnlyInQueue,
  isFor,
  queueKey,
  newEntry,
  newId,
} from "../../../web/static/web/live/outbox-entry.js";
import { replace } from "../browser/globals.js";

function entry(client_id, conversation_id, state = "waiting") {
  return { client_id, conversation_id, trainee_id: conversation_id ? null : 7, state };
}

test("each conversation is a queue, and a failed entry does not block it", () => {
  const entries = [
    entry("a", 1, "failed"),
    entry("b", 1),
    entry("c", 1),
    entry("d", null),
    entry("e", 2),
    entry("f", null),
  ];

  assert.deepEqual(queueHeads(entries).map((each) => each.client_id), ["b", "d", "e"]);
  assert.deepEqual(queueHeads([]), []);
});

test("an entry is alone in its queue despite failed ones and other queues", () => {
  const entries = [entry("a", 1, "failed"), entry("b", 1), entry("c", 2), entry("d", 2)];

  assert.deepEqual(entries.map((each) => isOnlyInQueue(each, entries)), [true, true, false, false]);
});

test("a new entry is trimmed, valid Unicode, and has a unique id", () => {
  const make = () => newEntry({ conversation_id: 1, content: " a\n b \ud800", order: 1 });

  assert.equal(make().content, "a\n b \ufffd");
  assert.notEqual(make().client_id, make().client_id);
});

test("a trainee and a conversation with the trainee are different targets", () => {
  const first = newEntry({ trainee_id: 7, content: "a", order: 1 });
  const later = { ...first, conversation_id: 7 };

  assert.deepEqual([isFor(first, { traineeId: 7 }), isFor(first, 7)], [true, false]);
  assert.deepEqual([isFor(later, { traineeId: 7 }), isFor(later, 7)], [false, true]);
  assert.notEqual(queueKey(first), queueKey(later));
});

test("ids are distinguished up to the largest safe integer", () => {
  const [one, other] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1];
  const entries = [entry("a", one), entry("b", other)];

  assert.equal(queueHeads(entries).length, 2);
  assert.equal(isFor(entries[0], other), false);
});

const UUID_4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

for (const isSecure of [true, false]) {
  test(`ids are random UUIDs on a page ${isSecure ? "with" : "without"} TLS`, (t) => {
    if (!isSecure) replace(t, crypto, "randomUUID", undefined);

    const ids = Array.from({ length: 100 }, () => newId());

    for (const id of ids) assert.match(id, UUID_4);
    assert.equal(new Set(ids).size, 100);
  });
}
