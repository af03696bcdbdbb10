import assert from "node:assert/strict";
import { test } from "node:test";
import { DELETED, Patches, withQuotes } from "../../../web/static/web/live/patches.js";
import { Timeline } from "../../../web/static/web/live/timeline.js";
import { ALICE, BOB, makeMessage, makePage } from "../browser/people.js";

const EDITED = { content: "new", edited_at: "2026-02-16T12:01:00Z" };
const LIKED = { reactions: [{ emoji: "👍", user_ids: [BOB.id] }] };
const quoteOf = (id, more = {}) => ({ id, sender: BOB, preview: `message ${id}`, is_deleted: false, ...more });

function begin(...messages) {
  const timeline = new Timeline(ALICE.id);
  timeline.version = 10;
  timeline.begin(makePage(messages, { next: "/api/…" }));
  return timeline;
}

const find = (timeline, id) => timeline.messages.find((each) => each.id === id);
const texts = (timeline) => timeline.messages.map(({ content }) => content);

test("an edit, reactions and a deletion change their message and no other", () => {
  const timeline = begin(makeMessage(4), makeMessage(5), makeMessage(6));
  const other = find(timeline, 5);

  timeline.patch("edited", 4, EDITED, 11);
  timeline.patch("reacted", 4, LIKED, 12);
  timeline.patch("deleted", 6, DELETED, 13);

  const { content, edited_at, reactions, version } = find(timeline, 4);
  assert.deepEqual([content, edited_at, reactions, version], ["new", EDITED.edited_at, LIKED.reactions, 12]);
  assert.deepEqual(find(timeline, 6), {
    ...makeMessage(6),
    ...DELETED,
    version: 13,
    contents_version: 6,
    patched: { deleted: 13 },
  });
  assert.equal(find(timeline, 5), other);
});

test("frames may arrive in any order", () => {
  const timeline = begin(makeMessage(4));

  timeline.patch("reacted", 4, LIKED, 12);
  timeline.patch("edited", 4, EDITED, 11);
  timeline.patch("edited", 4, { ...EDITED, content: "older" }, 10);

  const { content, reactions, version } = find(timeline, 4);
  assert.deepEqual([content, reactions, version], ["new", LIKED.reactions, 12]);
});

test("an edit before a read receipt is not lost, whichever arrives first", () => {
  const timeline = begin(makeMessage(5));
  const receipt = { isOwn: true, upTo: 5, readAt: "now", version: 12 };

  timeline.applyReadReceipt(receipt);
  timeline.patch("edited", 5, EDITED, 11);

  assert.deepEqual([texts(timeline), find(timeline, 5).is_read], [["new"], true]);
});

test("the response to an edit is not lost behind a read receipt, and stays read", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.restore({ messages: [makeMessage(5, { version: 12, contents_version: 5, is_read: true })] });

  timeline.add([makeMessage(5, { ...EDITED, version: 11 })]);

  const { content, is_read, version } = find(timeline, 5);
  assert.deepEqual([content, is_read, version], ["new", true, 12]);
});

test("a page that was requested before the frames shows what they said", () => {
  const timeline = begin(makeMessage(40));
  timeline.patch("edited", 4, EDITED, 50);
  timeline.patch("edited", 6, EDITED, 51);
  timeline.patch("deleted", 6, DELETED, 52);

  timeline.addOlder(makePage([makeMessage(4), makeMessage(6), makeMessage(8)]));

  assert.deepEqual(texts(timeline), ["new", "", "message 8", "message 40"]);
});

test("a newer page is not changed by an older frame", () => {
  const timeline = begin(makeMessage(40));
  timeline.patch("edited", 4, EDITED, 50);

  timeline.addOlder(makePage([makeMessage(4, { content: "newest", version: 60 })]));

  assert.equal(texts(timeline)[0], "newest");
});

test("a frame for a message that is not loaded changes nothing", () => {
  const timeline = begin(makeMessage(40));
  const before = timeline.messages[0];

  timeline.patch("edited", 4, EDITED, 50);

  assert.deepEqual([timeline.messages.length, timeline.messages[0] === before], [1, true]);
});

test("a deleted text never comes back", () => {
  const timeline = begin(makeMessage(4));
  timeline.patch("deleted", 4, DELETED, 50);

  timeline.patch("edited", 4, EDITED, 51);
  timeline.add([makeMessage(4, { version: 52 })]);

  assert.deepEqual(texts(timeline), [""]);
  assert.doesNotMatch(JSON.stringify(timeline.snapshot()), /message 4|new/);
});

test("a quote of a deleted message forgets its text, also if the message is not loaded", () => {
  const timeline = begin(
    makeMessage(40),
    makeMessage(41, { reply_to: quoteOf(40) }),
    makeMessage(42, { reply_to: quoteOf(4) }),
    makeMessage(43, { reply_to: quoteOf(6) }),
  );

  timeline.patch("deleted", 40, DELETED, 50);
  timeline.patch("deleted", 4, DELETED, 51);
  timeline.add([makeMessage(6, { is_deleted: true, content: "", version: 52 })]);

  assert.doesNotMatch(JSON.stringify(timeline.snapshot()), /message (40|4|6)"/);
  const quotes = timeline.messages.slice(1).map(({ reply_to }) => reply_to);
  assert.deepEqual(quotes, [40, 4, 6].map((id) => quoteOf(id, { preview: null, is_deleted: true })));
});

test("a quote of an edited message shows the start of its new text", () => {
  const messages = [makeMessage(4, { edited_at: "now", content: "💪".repeat(150) }), makeMessage(5, { reply_to: quoteOf(4) })];

  const shown = withQuotes(messages);

  assert.equal(shown[1].reply_to.preview, "💪".repeat(100));
  assert.equal(withQuotes(shown)[1], shown[1]);
});

test("quotes of unchanged, missing and deleted messages stay the same objects", () => {
  const deleted = quoteOf(2, { preview: null, is_deleted: true });
  const messages = [
    makeMessage(2, { is_deleted: true }),
    makeMessage(4),
    ...[deleted, quoteOf(4), quoteOf(1)].map((reply_to, at) => makeMessage(5 + at, { reply_to })),
  ];

  assert.deepEqual(withQuotes(messages).map((each, at) => each === messages[at]), Array(5).fill(true));
});

test("a reset forgets the patches", () => {
  const timeline = begin(makeMessage(4));
  timeline.patch("edited", 4, EDITED, 900);

  timeline.reset(20);
  timeline.begin(makePage([makeMessage(4)]));

  assert.deepEqual(texts(timeline), ["message 4"]);
});

test("patches of nothing return the same array", () => {
  const messages = [makeMessage(1)];

  assert.equal(new Patches().applyTo(messages), messages);
});
