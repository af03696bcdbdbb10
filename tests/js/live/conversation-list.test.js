import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { makeConversation } from "../browser/people.js";
import { json, refusal } from "../browser/server.js";

const PAGE_SIZE = 50;

/** Open a list on a server that has this many conversations, the highest id first. */
async function open(t, count = 0, { isArchive = false } = {}) {
  const browser = await openSignedIn(t);
  const rows = Array.from({ length: count }, (_, index) => row(count - index));
  const state = { rows };
  browser.server.on("GET /api/messaging/conversations/", ({ path }) => pageOf(state.rows, path));
  const { ConversationList } = await browser.load("live/conversation-list.js");
  const list = new ConversationList({ isArchive });
  const asked = () => browser.server.requests.filter(({ path }) => path.includes("conversations"));
  return { browser, list, state, ids: () => list.conversations.map(({ id }) => id), asked };
}

function row(id, more = {}) {
  const minute = String(id % 60).padStart(2, "0");
  const hour = String(Math.floor(id / 60)).padStart(2, "0");
  return makeConversation(id, { last_message_at: `2026-02-16T${hour}:${minute}:00Z`, ...more });
}

function pageOf(rows, path) {
  const number = Number(new URL(path, "https://x").searchParams.get("page"));
  const start = (number - 1) * PAGE_SIZE;
  if (number > 1 && start >= rows.length) return refusal(404, "not_found");
  const results = rows.slice(start, start + PAGE_SIZE);
  const next = start + PAGE_SIZE < rows.length ? `/api/?page=${number + 1}` : null;
  return { results, next, count: rows.length };
}

test("an empty list is ready and has no more pages", async (t) => {
  const { list } = await open(t);
  const statuses = [];

  await list.load(() => statuses.push(list.status));
  await list.loadMore();

  assert.deepEqual([statuses, list.conversations, list.hasMore], [["loading", "ready"], [], false]);
});

test("pages load one after the other until the end", async (t) => {
  const { list, ids } = await open(t, 120);

  await list.load(() => {});
  assert.deepEqual([ids().length, list.hasMore, ids()[0]], [50, true, 120]);
  await list.loadMore();
  await list.loadMore();

  assert.deepEqual([ids().length, list.hasMore, ids().at(-1)], [120, false, 1]);
});

test("the first page is loaded first, even by loadMore", async (t) => {
  const { list, ids } = await open(t, 60);

  await list.loadMore();

  assert.deepEqual(ids().length, 50);
});

test("a failed load keeps the rows", async (t) => {
  const { browser, list } = await open(t, 3);
  browser.server.isReachable = false;
  await list.load(() => {});
  assert.equal(list.status, "error");

  list.restore([row(1)]);
  await list.load(() => {});

  assert.deepEqual([list.status, list.conversations.length, list.isFresh], ["ready", 1, false]);
});

test("cached rows are shown until the server responds, and not restored after it", async (t) => {
  const { list, ids } = await open(t, 2);
  list.restore([row(1), row(9)]);
  assert.deepEqual([ids(), list.status, list.isFresh], [[9, 1], "ready", false]);

  await list.load(() => {});
  list.restore([row(9)]);

  assert.deepEqual([ids(), list.isFresh], [[2, 1], true]);
});

test("a changed conversation moves to its position, and an older version is ignored", async (t) => {
  const { list, ids } = await open(t, 3);
  await list.load(() => {});

  list.put(row(1, { version: 11, last_message_at: "2026-02-17T00:00:00Z" }));
  list.put(row(1, { version: 10 }));

  assert.deepEqual([ids(), list.get(1).version], [[1, 3, 2], 11]);
});

test("ties are sorted by the higher id", async (t) => {
  const { list, ids } = await open(t);
  await list.load(() => {});
  const none = { last_message_at: null };

  for (const each of [row(1, none), row(3, none), row(2, none), row(4)]) list.put(each);

  assert.deepEqual(ids(), [4, 3, 2, 1]);
});

test("a conversation below the loaded rows waits for its page", async (t) => {
  const { list, ids } = await open(t, 60);
  await list.load(() => {});

  list.put(row(5, { version: 11 }));
  assert.equal(list.get(5), null);
  list.put(row(99));

  assert.deepEqual([ids().length, ids()[0]], [51, 99]);
});

test("an archived conversation is removed, and an older page does not restore it", async (t) => {
  const { browser, list, state, ids } = await open(t, 3);
  await list.load(() => {});
  const answer = browser.server.hold("GET /api/messaging/conversations/");
  const refreshed = list.refresh();
  await settle();

  list.put(row(2, { version: 11, is_archived: true }));
  answer(json(pageOf(state.rows, "?page=1")));
  await refreshed;
  assert.deepEqual(ids(), [3, 1]);
  list.put(row(2, { version: 12 }));

  assert.deepEqual(ids(), [3, 2, 1]);
});

test("the archive gains archived conversations", async (t) => {
  const { list, ids } = await open(t, 0, { isArchive: true });

  list.put(row(2, { is_archived: true }));
  list.put(row(3));
  assert.deepEqual(ids(), [2]);
  list.put(row(2, { version: 11 }));

  assert.deepEqual(ids(), []);
});

test("a conversation that is no longer listed is removed, unless a frame was newer", async (t) => {
  const { browser, list, state, ids } = await open(t, 3);
  await list.load(() => {});
  state.rows = [row(3)];
  const answer = browser.server.hold("GET /api/messaging/conversations/");
  const refreshed = list.refresh();
  await settle();

  list.put(row(4));
  answer(json(pageOf(state.rows, "?page=1")));
  await refreshed;

  assert.deepEqual(ids(), [4, 3]);
});

test("the newest page alone removes nothing below it", async (t) => {
  const { list, state, ids, asked } = await open(t, 60);
  await list.load(() => {});
  await list.loadMore();
  state.rows = state.rows.filter(({ id }) => id !== 2 && id !== 40);
  const before = asked().length;

  await list.refresh({ all: false });

  assert.equal(asked().length, before + 1);
  assert.deepEqual([ids().includes(40), ids().includes(2)], [false, true]);
});

test("rows that shifted between pages are found", async (t) => {
  const { list, state, ids } = await open(t, 101);
  await list.load(() => {});
  // The first row of the second page has moved to the first page, which is already loaded.
  state.rows = state.rows.slice(1);

  await list.loadMore();

  assert.deepEqual(ids(), state.rows.map(({ id }) => id));
});

test("a page past the end of a shortened list ends it", async (t) => {
  const { list, state, ids } = await open(t, 101);
  await list.load(() => {});
  await list.loadMore();
  state.rows = state.rows.slice(0, 60);

  await list.loadMore();

  assert.deepEqual([ids().length, list.hasMore], [60, false]);
});

test("loadMore throws its error, and works the next time", async (t) => {
  const { browser, list, ids } = await open(t, 60);
  await list.load(() => {});
  browser.server.isReachable = false;
  await assert.rejects(list.loadMore(), { isNetwork: true });
  browser.server.isReachable = true;

  await list.loadMore();

  assert.equal(ids().length, 60);
});

test("concurrent loads run one after the other", async (t) => {
  const { list, ids } = await open(t, 150);
  await list.load(() => {});

  await Promise.all([list.loadMore(), list.loadMore()]);

  assert.equal(ids().length, 150);
});
