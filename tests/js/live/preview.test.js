import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn } from "../browser/open.js";
import { ALICE, BOB, makeConversation } from "../browser/people.js";

async function previews(t, me) {
  const browser = await openSignedIn(t, { me });
  const { previewOf } = await browser.load("live/preview.js");
  return (last_message_kind, more = {}) => previewOf(makeConversation(7, { last_message_kind, ...more }));
}

test("a preview is the text, or says what the newest message is", async (t) => {
  const preview = await previews(t, ALICE);

  assert.deepEqual(["text", undefined, null].map((kind) => preview(kind)), ["Hello", "Hello", "Hello"]);
  assert.deepEqual([preview("deleted"), preview("photo")], ["This message was deleted", "Sent a photo"]);
  assert.equal(preview("joined"), "Bob has joined");
});

test("who has joined is named by the first name, or the email address, or is addressed", async (t) => {
  const nameless = { ...BOB, first_name: "" };

  assert.equal((await previews(t, ALICE))("joined", { trainee: nameless }), "bob@app.example has joined");
});

test("the trainee who has joined is addressed", async (t) => {
  assert.equal((await previews(t, BOB))("joined"), "You have joined");
});
