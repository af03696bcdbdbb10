import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";
import { ALICE, BOB, makeMessage } from "../browser/people.js";

const his = makeMessage(4, { content: "See you at 7" });
const own = makeMessage(5);
const edited = { ...his, content: "See you at 8", edited_at: "2026-02-16T12:01:00Z" };
const deleted = { ...his, content: "", is_deleted: true };
const reacted = (message, ...reactions) => ({
  ...message,
  reactions: reactions.map(([emoji, ...people]) => ({ emoji, user_ids: people.map(({ id }) => id) })),
});

/** Return a function that returns what is new in messages, as texts. */
async function start(t, ...first) {
  const { ThreadNews } = await openBrowser(t).load("live/thread-news.js");
  const news = new ThreadNews(ALICE.id);
  const follow = (...messages) =>
    news.follow(messages).map(({ kind, message, emoji }) => [kind, message.id, ...(emoji ? [emoji] : [])]);
  assert.deepEqual(follow(...first), []);
  return follow;
}

test("an edit of the other person is news once", async (t) => {
  const follow = await start(t, his, own);

  assert.deepEqual(follow(edited, own), [["edited", 4]]);
  assert.deepEqual(follow({ ...edited, is_read: true }, own), []);
});

test("a deletion is news once, and no edit", async (t) => {
  const follow = await start(t, his, own);

  assert.deepEqual(follow(deleted, own), [["deleted", 4]]);
  assert.deepEqual(follow({ ...deleted }, own), []);
});

test("a reaction of the other person is news, its end is not", async (t) => {
  const follow = await start(t, his, own);

  assert.deepEqual(follow(his, reacted(own, ["👍", BOB])), [["reacted", 5, "👍"]]);
  assert.deepEqual(follow(his, reacted(own, ["👍", BOB, ALICE])), []);
  assert.deepEqual(follow(his, reacted(own, ["👍", ALICE], ["🙏", BOB])), [["reacted", 5, "🙏"]]);
  assert.deepEqual(follow(his, reacted(own)), []);
});

test("one's own edits, deletions and reactions are no news", async (t) => {
  const follow = await start(t, his, own);
  const changed = { ...own, content: "Changed", edited_at: "2026-02-16T12:01:00Z" };

  assert.deepEqual(follow(reacted(his, ["👍", ALICE]), changed), []);
  assert.deepEqual(follow(his, { ...own, content: "", is_deleted: true }), []);
});

test("what is there when a message is first seen is no news", async (t) => {
  const follow = await start(t, own);

  assert.deepEqual(follow(edited, own, { ...deleted, id: 2 }), []);
  assert.deepEqual(follow(own), []);
  assert.deepEqual(follow(deleted, own), [["deleted", 4]]);
});
