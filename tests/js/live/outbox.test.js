import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle, startSession } from "../browser/open.js";
import { ALICE, BOB, makeMessage, makeToken } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const SEND = "POST /api/messaging/conversations/7/send/";
const START = "POST /api/messaging/conversations/start/";

async function open(t) {
  const browser = await openSignedIn(t);
  const { server } = browser;
  let id = 100;
  /** Store messages as the server does: once per client_id. */
  const stored = new Map();
  const store = ({ body: { client_id, content } }) => {
    const message = stored.get(client_id) ?? makeMessage((id += 1), { client_id, content });
    stored.set(client_id, message);
    return message;
  };
  const accept = () => {
    server.on(SEND, store);
    server.on(START, (request) => ({ conversation_id: 7, message: store(request) }));
  };
  accept();
  /** Open a tab with its outbox. */
  async function join(load = browser.openTab()) {
    const { account, outbox } = await startSession(load, "live/outbox.js", "live/account.js");
    t.after(() => outbox.stop());
    await outbox.start(ALICE.id);
    await settle();
    return { account, outbox };
  }
  const asked = (route = SEND) => server.asked(route).map(({ content }) => content);
  return { browser, server, stored, accept, join, asked };
}

const write = (outbox, content) => outbox.add({ conversation_id: 7, content });
const states = (outbox) => outbox.all().map(({ content, state }) => [content, state]);

test("messages are sent once each, in the order of writing", async (t) => {
  const { join, stored, asked } = await open(t);
  const { outbox } = await join();
  const sent = [];
  outbox.addEventListener("sent", ({ detail }) => sent.push(detail.message.content));

  for (const text of ["one", "two", "three"]) write(outbox, text);
  await settle();

  assert.deepEqual([asked(), sent], [["one", "two", "three"], ["one", "two", "three"]]);
  assert.deepEqual([outbox.size, stored.size], [0, 3]);
});

test("an entry is stored before the first attempt, and sent by the next page", async (t) => {
  const { browser, join, asked } = await open(t);
  const first = await join();
  const turn = Promise.withResolvers();
  browser.navigator.locks.request(`outbox-${ALICE.id}`, () => turn.promise);
  const { client_id } = await write(first.outbox, "hello");
  assert.equal((await first.account.db.get("outbox", client_id)).content, "hello");
  first.outbox.stop();
  turn.resolve();
  await settle();
  assert.deepEqual(asked(), []);

  const next = await join();

  assert.deepEqual([asked(), next.outbox.size], [["hello"], 0]);
});

test("an entry with an unknown result is sent again with the same client_id", async (t) => {
  const { browser, server, stored, accept, join, asked } = await open(t);
  const { outbox } = await join();
  server.on(SEND, (request) => {
    stored.set(request.body.client_id, makeMessage(1, request.body));
    throw new TypeError("the connection broke");
  });
  const { client_id } = await write(outbox, "hello");
  await settle();
  assert.deepEqual([outbox.get(client_id).state, outbox.get(client_id).attempts], ["waiting", 1]);

  accept();
  await browser.pass(500);

  assert.deepEqual([asked(), stored.size, outbox.size], [["hello", "hello"], 1, 0]);
});

test("an unreachable server is retried with backoff, and at once when the network returns", async (t) => {
  const { browser, server, accept, join, asked } = await open(t);
  t.mock.method(Math, "random", () => 1);
  const { outbox } = await join();
  server.on(SEND, refusal(503, "unavailable"));
  write(outbox, "hello");

  for (const [wait, times] of [[499, 1], [1, 2], [999, 2], [1, 3], [1_999, 3], [1, 4]]) {
    await browser.pass(wait);
    assert.equal(asked().length, times);
  }
  accept();
  browser.fire("online");
  await settle();

  assert.deepEqual([asked().length, outbox.size], [5, 0]);
});

test("a refused entry does not block others, and can be retried or discarded", async (t) => {
  const { server, accept, join, asked } = await open(t);
  const { outbox } = await join();
  const isBad = ({ body }) => body.content.startsWith("bad");
  server.on(SEND, ({ body }) => (isBad({ body }) ? refusal(400, "invalid") : makeMessage(1, body)));

  const [bad, worse] = await Promise.all([write(outbox, "bad"), write(outbox, "bad, too")]);
  await write(outbox, "good");
  await settle();
  assert.deepEqual(states(outbox), [["bad", "failed"], ["bad, too", "failed"]]);
  assert.equal(outbox.get(bad.client_id).error, "Refused: invalid.");
  accept();
  await outbox.retry(bad.client_id);
  await outbox.remove(worse.client_id);
  await outbox.retry("nothing");
  await settle();

  assert.deepEqual([asked(), outbox.size], [["bad", "bad, too", "good", "bad"], 0]);
});

test("a conversation that has ended has its own error text", async (t) => {
  const { server, join } = await open(t);
  const { outbox } = await join();
  server.on(SEND, refusal(404, "not_found"));

  const { client_id } = await write(outbox, "hello");
  await settle();

  assert.equal(outbox.get(client_id).state, "failed");
  assert.notEqual(outbox.get(client_id).error, "Refused: not_found.");
});

test("queued messages survive the end of a session", async (t) => {
  const { browser, server, join } = await open(t);
  const { outbox } = await join();
  server.on("POST /api/auth/jwt/refresh/", refusal(503, "unavailable"));
  server.on(SEND, refusal(401, "token_not_valid"));

  write(outbox, "hello");
  await browser.pass(0);

  assert.deepEqual(states(outbox), [["hello", "waiting"]]);
});

// Throttling
// ------------------------------------------------------------------------------
const tooFast = (seconds) => refusal(429, "throttled", seconds ? { "Retry-After": seconds } : {});

test("a throttle holds all messages for Retry-After, in their order", async (t) => {
  const { browser, server, accept, join, asked } = await open(t);
  const { outbox } = await join();
  server.on(SEND, tooFast("10"));
  write(outbox, "one");
  write(outbox, "two");
  await settle();
  assert.deepEqual([outbox.heldFor, states(outbox)], [10, [["one", "waiting"], ["two", "waiting"]]]);

  accept();
  await browser.pass(9_500);
  assert.deepEqual([asked(), outbox.heldFor], [["one"], 1]);
  await browser.pass(500);

  assert.deepEqual([asked(), outbox.heldFor], [["one", "one", "two"], 0]);
});

test("a throttle is as long as the server says, whatever the device's clock does", async (t) => {
  const { browser, join } = await open(t);
  const { outbox } = await join();
  outbox.hold("unknown", 50);

  for (const hours of [-1, 1, 24]) {
    browser.setClock(Date.now() + hours * 3_600_000);
    assert.equal(outbox.heldFor, 50);
  }
  await browser.pass(49_500);
  assert.equal(outbox.heldFor, 1);
  await browser.pass(500);

  assert.equal(outbox.heldFor, 0);
});

test("a throttle without Retry-After lasts 5 s", async (t) => {
  const { server, join } = await open(t);
  const { outbox } = await join();
  server.on(SEND, tooFast());

  write(outbox, "one");
  await settle();

  assert.equal(outbox.heldFor, 5);
});

test("a throttled new message can return to the composer", async (t) => {
  const { server, join } = await open(t);
  const { outbox } = await join();
  server.on(SEND, tooFast("3"));
  const returned = [];
  outbox.addEventListener("returned", (event) => {
    returned.push([event.detail.entry.content, event.detail.seconds]);
    event.preventDefault();
  });

  write(outbox, "one");
  await settle();

  assert.deepEqual([returned, outbox.size], [[["one", 3]], 0]);
});

test("a throttled message that was queued before stays queued", async (t) => {
  const { browser, server, join } = await open(t);
  const { outbox } = await join();
  const returned = t.mock.fn((event) => event.preventDefault());
  outbox.addEventListener("returned", returned);
  server.on(SEND, refusal(503, "unavailable"));
  write(outbox, "one");
  await settle();

  server.on(SEND, tooFast("3"));
  await browser.pass(500);

  assert.deepEqual([returned.mock.callCount(), outbox.size, outbox.heldFor], [0, 1, 3]);
});

// A trainee without a conversation
// ------------------------------------------------------------------------------
test("the first message creates the conversation, and later ones are sent to it", async (t) => {
  const { browser, join, asked } = await open(t);
  const { outbox } = await join();
  const created = [];
  outbox.addEventListener("created", ({ detail }) => created.push(detail));
  const answer = browser.server.hold(START);
  outbox.add({ trainee_id: BOB.id, content: "one" });
  outbox.add({ trainee_id: BOB.id, content: "two" });
  await settle();
  assert.deepEqual(outbox.list({ traineeId: BOB.id }).map(({ content }) => content), ["one", "two"]);

  answer({ conversation_id: 7, message: makeMessage(1, { content: "one" }) });
  await settle();

  assert.deepEqual([asked(START), asked()], [["one"], ["two"]]);
  assert.deepEqual(created, [{ traineeId: BOB.id, conversationId: 7 }]);
});

// Several tabs
// ------------------------------------------------------------------------------
test("two tabs share the entries, and one sends them", async (t) => {
  const { join, asked } = await open(t);
  const [one, two] = [await join(), await join()];
  const [added, sent] = [[], []];
  two.outbox.addEventListener("added", ({ detail }) => added.push(detail.content));
  two.outbox.addEventListener("sent", ({ detail }) => sent.push(detail.entry.content));

  write(one.outbox, "hello");
  await settle();

  assert.deepEqual([asked(), added, sent], [["hello"], ["hello"], ["hello"]]);
  assert.deepEqual([one.outbox.size, two.outbox.size], [0, 0]);
});

test("failed, queued and throttled states are the same in all tabs", async (t) => {
  const { server, join } = await open(t);
  const [one, two] = [await join(), await join()];
  server.on(SEND, tooFast("10"));
  const { client_id } = await write(one.outbox, "hello");
  await settle();
  assert.deepEqual([two.outbox.heldFor, states(two.outbox)], [10, [["hello", "waiting"]]]);

  await two.outbox.remove(client_id);
  await settle();

  assert.equal(one.outbox.size, 0);
});

test("an entry that another tab discards before its turn is not sent", async (t) => {
  const { browser, join, asked } = await open(t);
  const { outbox } = await join();
  const turn = Promise.withResolvers();
  browser.navigator.locks.request(`outbox-${ALICE.id}`, () => turn.promise);
  const { client_id } = await write(outbox, "hello");
  await settle();

  await outbox.remove(client_id);
  turn.resolve();
  await settle();

  assert.deepEqual([asked(), outbox.size], [[], 0]);
});

test("a restored page knows what other tabs have sent, discarded and queued", async (t) => {
  const { browser, server, join, asked } = await open(t);
  const { account, outbox } = await join();
  server.on(SEND, refusal(503, "unavailable"));
  const { client_id, ...entry } = await write(outbox, "gone");
  await settle();
  await account.db.delete("outbox", client_id);
  await account.db.put("outbox", { ...entry, client_id: "other", content: "from another tab" });

  browser.fire("pageshow", { persisted: true });
  await settle();

  assert.deepEqual(outbox.all().map(({ content }) => content), ["from another tab"]);
  assert.equal(asked()[0], "gone");
});

test("a page that gets no lock retries after 5 s", async (t) => {
  const { browser, join, asked } = await open(t);
  const { outbox } = await join();
  const { locks } = browser.navigator;
  const request = t.mock.fn(() => Promise.reject(new DOMException("No.", "InvalidStateError")));
  browser.navigator.locks = { request };
  write(outbox, "hello");
  await browser.pass(4_500);
  assert.equal(request.mock.callCount(), 1);

  browser.navigator.locks = locks;
  await browser.pass(500);

  assert.deepEqual(asked(), ["hello"]);
});

// Starting and stopping
// ------------------------------------------------------------------------------
test("nothing is sent under the account of a later sign-in", async (t) => {
  const { browser, join, asked } = await open(t);
  const { outbox } = await join();
  browser.server.on("POST /api/auth/jwt/refresh/", { access: makeToken(BOB.id) });
  const other = await startSession(browser.openTab(), "live/outbox.js", "live/account.js");
  other.session.setUser(BOB);
  outbox.stop();
  t.after(() => other.outbox.stop());

  await other.outbox.start(ALICE.id);
  write(other.outbox, "hello");
  await settle();

  assert.deepEqual([asked(), other.outbox.size], [[], 1]);
});

test("a stopped outbox keeps its entries and sends nothing", async (t) => {
  const { browser, server, join, asked } = await open(t);
  const { account, outbox } = await join();
  server.on(SEND, refusal(503, "unavailable"));
  write(outbox, "hello");
  await settle();

  outbox.stop();
  outbox.wake();
  await browser.pass(60_000);

  assert.deepEqual([outbox.size, outbox.heldFor, asked().length], [0, 0, 1]);
  assert.equal((await account.db.getAll("outbox")).length, 1);
});

test("a response after the stop changes nothing", async (t) => {
  for (const late of [makeMessage(1), refusal(400, "invalid")]) {
    const { server, join } = await open(t);
    const { account, outbox } = await join();
    const answer = server.hold(SEND);
    write(outbox, "hello");
    await settle();

    outbox.stop();
    answer(late);
    await settle();

    assert.equal((await account.db.getAll("outbox"))[0].state, "sending");
    t.mock.timers.reset();
  }
});

test("an outbox stopped while it reads its entries does not start", async (t) => {
  const { join, asked } = await open(t);
  const { outbox } = await join();
  await outbox.start(ALICE.id);
  outbox.stop();

  const starting = outbox.start(ALICE.id);
  outbox.stop();
  await starting;
  await write(outbox, "hello");
  await settle();

  assert.deepEqual(asked(), []);
});

test("a message from the socket ends its entry before the response", async (t) => {
  const { server, join } = await open(t);
  const { outbox } = await join();
  const answer = server.hold(SEND);
  const { client_id } = await write(outbox, "hello");
  await settle();

  outbox.settle(null);
  outbox.settle("another device's");
  assert.equal(outbox.size, 1);
  outbox.settle(client_id);
  assert.equal(outbox.size, 0);
  answer(makeMessage(1, { client_id }));
  await settle();

  assert.equal(outbox.size, 0);
});

test("a refusal of a discarded entry is ignored", async (t) => {
  const { server, join } = await open(t);
  const { outbox } = await join();
  const answer = server.hold(SEND);
  const { client_id } = await write(outbox, "hello");
  await settle();

  outbox.remove(client_id);
  answer(refusal(400, "invalid"));
  await settle();

  assert.equal(outbox.size, 0);
});

test("entries written offline stay queued despite a throttle", async (t) => {
  const { browser, server, join } = await open(t);
  const { outbox } = await join();
  const returned = t.mock.fn((event) => event.preventDefault());
  outbox.addEventListener("returned", returned);
  server.isReachable = false;
  browser.navigator.onLine = false;
  browser.fire("offline");
  await settle();
  write(outbox, "hello");
  await settle();

  server.isReachable = true;
  server.on(SEND, tooFast("3"));
  browser.fire("online");
  await settle();

  assert.deepEqual([returned.mock.callCount(), outbox.size, outbox.heldFor], [0, 1, 3]);
});

test("an entry that cannot be stored is sent too, and the outbox says that it is not kept", async (t) => {
  const { server, accept, join, asked } = await open(t);
  const { account, outbox } = await join();
  const changed = t.mock.fn();
  t.mock.method(console, "warn", () => {});
  const put = t.mock.method(IDBObjectStore.prototype, "put", () => {
    throw new DOMException("Full.", "QuotaExceededError");
  });
  server.on(SEND, refusal(503, "unavailable"));
  assert.equal(outbox.isKept, true);

  await write(outbox, "hello");
  outbox.addEventListener("change", changed);
  await outbox.load();
  assert.deepEqual([states(outbox), outbox.isKept], [[["hello", "waiting"]], false]);
  put.mock.restore();
  await write(outbox, "again");
  await settle();
  assert.equal(outbox.isKept, true);
  const { length } = changed.mock.calls;
  account.db.dispatchEvent(new Event("kept"));
  assert.equal(changed.mock.callCount(), length + 1);
  accept();
  outbox.wake();
  await settle();

  assert.deepEqual([asked().slice(-2), outbox.size], [["hello", "again"], 0]);
  outbox.stop();
  assert.equal(outbox.isKept, true);
});
