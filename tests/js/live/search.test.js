import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const SEARCH = "GET /api/messaging/search/";
const TRAINEES = "GET /api/trainer/trainees/";
const ZOE = { ...BOB, id: 5, email: "zoe@app.example", first_name: "Zoë", last_name: "Ziegler" };
const REMOVED = { ...BOB, id: 0, first_name: "[removed]", last_name: "", email: "" };
const CONVERSATIONS = [
  makeConversation(7),
  makeConversation(8, { trainee: ZOE }),
  makeConversation(9, { trainee: REMOVED }),
];

const hit = (id, content = `leg day ${id}`) => ({ message_id: id, conversation_id: 7, content });
const found = (ids, { more = false } = {}) => ({
  count: 30,
  num_pages: 2,
  page: 1,
  has_next: more,
  has_previous: false,
  results: ids.map((id) => hit(id)),
});
const names = (search) => search.people.map(({ person }) => person.first_name);
const ids = (search) => search.messages.map((each) => each.message_id);

async function start(t, options = { isTrainer: true }) {
  const browser = await openSignedIn(t);
  const { server } = browser;
  const page = { results: CONVERSATIONS, next: null, count: 3 };
  server.on("GET /api/messaging/conversations/", page);
  server.on("GET /api/messaging/unread-count/", { unread_count: 0 });
  server.on(TRAINEES, { results: [], next: null, count: 0 });
  server.on(SEARCH, found([]));
  const { inbox, account, Search } = await browser.load("live/inbox.js", "live/account.js", "live/search.js");
  t.after(() => inbox.stop());
  inbox.start();
  await settle();
  const search = new Search(options);
  const type = async (query) => {
    search.type(query);
    await browser.pass(250);
    await settle();
  };
  const asked = () => server.requests.filter(({ path }) => path.startsWith("/api/messaging/search/"));
  const queries = () => asked().map(({ path }) => new URLSearchParams(path.split("?")[1]).toString());
  const update = async (id, more) => {
    const socket = browser.WebSocket.opened[0];
    socket.deliver({ type: "conversation_updated", conversation: makeConversation(id, more) });
    await settle();
  };
  return { browser, server, search, type, queries, account, update };
}

test("without a query the people of the newest conversations are listed", async (t) => {
  const { search, queries } = await start(t);

  assert.deepEqual([names(search), search.status, queries()], [["Zoë", "Bob"], "idle", []]);
});

test("names are found by parts of them, without accents", async (t) => {
  const { search, type, queries } = await start(t);

  await type("z");
  assert.deepEqual([names(search), search.status, queries()], [["Zoë"], "idle", []]);
  await type("ZIEG zoe");

  assert.deepEqual(names(search), ["Zoë"]);
});

test("trainees without a listed conversation are found on the server", async (t) => {
  const { server, search, type } = await start(t);
  const carol = { id: 9, email: "carol@app.example", first_name: "Carol", last_name: "C", conversation_id: null };
  const results = [{ ...ZOE, conversation_id: 8 }, carol];
  server.on(TRAINEES, { results, next: null, count: 2 });

  await type("carol@");

  assert.deepEqual(names(search), ["Carol"]);
  assert.equal(search.people[0].conversation, undefined);
  await type("o");
  assert.deepEqual(names(search), ["Zoë", "Bob", "Carol"]);
  await type("app");
  assert.deepEqual(names(search), []);
});

test("names that the device knows are found even if the server fails", async (t) => {
  const { server, search, type } = await start(t);
  server.on(TRAINEES, refusal(500, "server_error"));

  await type("bob");

  assert.deepEqual(names(search), ["Bob"]);
});

test("messages are searched after a pause, once for what was typed last", async (t) => {
  const { browser, server, search, type, queries } = await start(t);
  server.on(SEARCH, found([3, 2]));

  search.type("l");
  search.type("le");
  search.type("leg");
  assert.equal(search.status, "loading");
  await browser.pass(249);
  assert.deepEqual(queries(), []);
  await type(" leg ");

  assert.deepEqual(queries(), ["q=leg&page=1"]);
  assert.deepEqual([ids(search), search.status, search.total], [[3, 2], "ready", 30]);
  await type("x");
  assert.deepEqual([ids(search), search.status, search.hasMore], [[], "idle", false]);
});

test("the response to an earlier query is dropped, and rows that match stay until the next", async (t) => {
  const { browser, server, search, type } = await start(t);
  server.on(SEARCH, found([3, 2]));
  await type("leg");
  const answer = server.hold(SEARCH);

  search.type("day 3");
  assert.deepEqual(ids(search), [3]);
  await browser.pass(250);
  server.on(SEARCH, found([9]));
  await type("day 9");
  answer(found([3]));
  await settle();

  assert.deepEqual([ids(search), search.query], [[9], "day 9"]);
});

test("more pages are loaded one at a time, without repeated rows", async (t) => {
  const { server, search, type, queries } = await start(t);
  server.on(SEARCH, found([9, 8], { more: true }));
  await type("leg");
  const answer = server.hold(SEARCH);

  const loading = Promise.all([search.loadMore(), search.loadMore()]);
  assert.equal(search.isLoadingMore, true);
  answer(found([8, 7]));
  await loading;
  await search.loadMore();

  assert.deepEqual(queries(), ["q=leg&page=1", "q=leg&page=2"]);
  assert.deepEqual([ids(search), search.hasMore, search.isLoadingMore], [[9, 8, 7], false, false]);
});

test("a search that failed is repeated, and a page that failed keeps the rows", async (t) => {
  const { server, search, type } = await start(t);
  server.on(SEARCH, refusal(503, "unavailable"));
  await type("leg");
  assert.deepEqual([search.status, search.error.status], ["error", 503]);

  server.on(SEARCH, found([9], { more: true }));
  await search.retry();
  assert.deepEqual([search.status, search.error, ids(search)], ["ready", null, [9]]);
  server.on(SEARCH, refusal(503, "unavailable"));
  await search.loadMore();
  assert.deepEqual([search.status, search.error.status, ids(search)], ["ready", 503, [9]]);
  server.on(SEARCH, found([8]));
  await search.retry();

  assert.deepEqual([search.error, ids(search)], [null, [9, 8]]);
});

test("a throttled search says so and goes on, unless something else was typed", async (t) => {
  const { browser, server, search, type, queries } = await start(t);
  server.on(SEARCH, refusal(429, "throttled", { "Retry-After": "3" }));

  await type("leg");
  assert.deepEqual([search.isThrottled, search.status], [true, "loading"]);
  search.type("");
  server.on(SEARCH, found([9]));
  await browser.pass(3_000);
  assert.equal(queries().length, 1);
  server.on(SEARCH, refusal(429, "throttled", { "Retry-After": "3" }));
  await type("arm");
  server.on(SEARCH, found([9]));
  await browser.pass(3_000);
  await settle();

  assert.deepEqual([search.isThrottled, search.status, ids(search)], [false, "ready", [9]]);
});

test("one conversation is searched until the search is widened", async (t) => {
  const { browser, search, type, queries } = await start(t, { conversationId: 7, isTrainer: true });

  await type("leg");
  assert.deepEqual([queries(), names(search)], [["q=leg&page=1&conversation=7"], []]);
  search.widen();
  await browser.pass(1);
  await settle();

  assert.equal(queries().at(-1), "q=leg&page=1");
});

test("a trainee searches no trainees, and a stopped search does nothing", async (t) => {
  const { browser, server, search, type, queries } = await start(t, {});

  await type("leg");
  assert.deepEqual(server.asked(TRAINEES), []);
  search.type("arm");
  search.stop();
  await browser.pass(1_000);

  assert.deepEqual(queries(), ["q=leg&page=1"]);
});

test("results of a conversation in which a message was deleted are found anew", async (t) => {
  const { browser, server, search, type, queries, update } = await start(t);
  browser.WebSocket.opened[0].accept();
  const other = { ...hit(3), conversation_id: 8 };
  server.on(SEARCH, { ...found([1, 2]), results: [hit(1), hit(2), other] });
  await type("leg");
  const answer = server.hold(SEARCH);

  await update(7, { version: 11, deleted_version: 11 });
  assert.deepEqual(ids(search), [3]);
  answer({ ...found([2]), results: [hit(2), other] });
  await settle();

  assert.deepEqual(ids(search), [2, 3]);
  await update(7, { version: 12, deleted_version: 11 });
  await update(9, { version: 12, deleted_version: 11 });
  assert.equal(queries().length, 2);
});

test("a closed search follows no deletions", async (t) => {
  const { browser, server, search, type, queries, update } = await start(t);
  browser.WebSocket.opened[0].accept();
  server.on(SEARCH, found([1]));
  await type("leg");

  search.stop();
  await update(7, { version: 11, deleted_version: 11 });

  assert.equal(queries().length, 1);
});

test("archived and older conversations that are not loaded are found on the server", async (t) => {
  const { server, search, type } = await start(t);
  const page = (...results) => ({ results, next: null, count: results.length });
  const person = (id, first_name) => ({ ...BOB, id, first_name, last_name: "Quinn", email: "" });
  const old = makeConversation(70, { trainee: person(20, "Old") });
  const gone = makeConversation(71, { trainee: person(21, "Gone"), is_archived: true });
  server.on("GET /api/messaging/conversations/?page=1&search=quinn", page(old));
  server.on("GET /api/messaging/conversations/?page=1&archived=true&search=quinn", page(gone));
  server.on(TRAINEES, page({ ...person(20, "Old"), conversation_id: 70 }));

  await type("quinn");

  assert.deepEqual(names(search), ["Old", "Gone"]);
  assert.deepEqual(search.people.map(({ conversation }) => conversation.id), [70, 71]);
});
