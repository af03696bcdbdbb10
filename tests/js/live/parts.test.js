import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "../../../web/static/web/live/parts.js";
import { makeMessage } from "../browser/people.js";

const photo = { id: 3, kind: "image", width: 4, height: 3, urls: { small: "/s" } };

test("a message that an older release has stored is a text", () => {
  assert.deepEqual(partsOf(makeMessage(1)), [{ kind: "text", text: "message 1", isLarge: false }]);
});

test("an entry of the outbox is a text", () => {
  assert.deepEqual(partsOf({ client_id: "c", content: "👍" }), [{ kind: "text", text: "👍", isLarge: true }]);
});

test("a deleted message has nothing else, even if a text is left", () => {
  const message = makeMessage(1, { is_deleted: true, content: "secret", attachments: [photo] });

  assert.deepEqual(partsOf(message), [{ kind: "deleted" }]);
});

test("an event has the server's sentence", () => {
  const message = makeMessage(1, { event: "joined", content: "Zoe has joined" });

  assert.deepEqual(partsOf(message), [{ kind: "event", event: "joined", text: "Zoe has joined" }]);
});

test("photos are before their text, and their emoji are not large", () => {
  const other = { ...photo, id: 4 };
  const both = makeMessage(1, { attachments: [photo, other], content: "💪" });
  const alone = makeMessage(1, { attachments: [photo], content: "" });

  assert.deepEqual(partsOf(both), [
    { kind: "photo", photos: [photo, other] },
    { kind: "text", text: "💪", isLarge: false },
  ]);
  assert.deepEqual(partsOf(alone), [{ kind: "photo", photos: [photo] }]);
});

test("an attachment of a later release leaves the text", () => {
  const message = makeMessage(1, { attachments: [{ ...photo, kind: "voice" }], content: "" });

  assert.deepEqual(partsOf(message), [{ kind: "text", text: "", isLarge: false }]);
});
