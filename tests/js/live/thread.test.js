import assert from "node:assert/strict";
import { test } from "node:test";
import { openImpersonation, openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation, makeMessage, makePage } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const LIST = "GET /api/messaging/conversations/";
const CONVERSATION = "GET /api/messaging/conversations/7/";
const MESSAGES = "GET /api/messaging/conversations/7/messages/";
const NEWEST = `${MESSAGES}?before=${Number.MAX_SAFE_INTEGER}&limit=20`;
const READ = "POST /api/messaging/conversations/7/read/";
const SEND = "POST /api/messaging/conversations/7/send/";
const NAMES = ["live/thread.js", "live/changes.js", "live/inbox.js", "live/outbox.js", "live/account.js", "live/open-threads.js"];

const pageOf = (...results) => ({ results, next: null, count: results.length });
const changes = (version, messages = []) => ({ results: messages, next: null, version });
const ids = (thread) => thread.messages.map(({ id }) => id);

/**
 * Start the modules of a signed-in page, with a server that has one conversation of two messages.
 */
async function start(t, { openBrowser = openSignedIn, prepare = () => {} } = {}) {
  const browser = await openBrowser(t);
  const { server } = browser;
  server.on(LIST, pageOf(makeConversation(7)));
  server.on(CONVERSATION, refusal(404, "not_found"));
  server.on(NEWEST, makePage([makeMessage(4), makeMessage(5)]));
  server.on(READ, { read_at: "now" });
  server.on("GET /api/messaging/unread-count/", { unread_count: 0 });
  await prepare(browser);
  const modules = await browser.load(...NAMES);
  modules.inbox.start();
  modules.outbox.start(ALICE.id);
  await modules.changes.start();
  await settle();
  t.after(() => {
    modules.openThreads.closeAll();
    modules.inbox.stop();
    modules.outbox.stop();
    modules.changes.stop();
  });
  const sockets = () => browser.WebSocket.opened.filter(({ url }) => url.pathname.endsWith("/7/"));
  const lists = () => browser.WebSocket.opened.filter(({ url }) => url.pathname === "/ws/messaging/");
  const deliver = (frame) => sockets().at(-1).deliver(frame);
  const live = async (version = 10) => {
    sockets().at(-1).accept();
    deliver({ type: "pong", version });
    await settle();
  };
  const listLive = async () => {
    lists().at(-1).accept();
    lists().at(-1).deliver({ type: "pong" });
    await settle();
  };
  const updated = async (more) => {
    const conversation = makeConversation(7, more);
    lists().at(-1).deliver({ type: "conversation_updated", conversation });
    await settle();
  };
  const open = async (id = 7) => {
    const thread = modules.openThread(id);
    await settle();
    return thread;
  };
  const closeThread = (thread) => modules.openThreads.close(thread);
  return { browser, server, ...modules, closeThread, sockets, deliver, live, listLive, updated, open };
}

test("a thread loads the newest page and subscribes from its version", async (t) => {
  const { open, sockets, live } = await start(t);

  const thread = await open();
  assert.deepEqual([thread.status, ids(thread), thread.hasOlder], ["ready", [4, 5], false]);
  assert.equal(sockets()[0].url.search, "?since=10");
  assert.deepEqual([thread.connection, thread.error], ["connecting", null]);
  await live();

  assert.equal(thread.connection, "online");
  assert.ok(thread.connectionSince <= performance.now());
});

test("frames update messages, read receipts and typing", async (t) => {
  const { open, live, deliver } = await start(t);
  const thread = await open();
  await live();
  const incoming = [];
  thread.addEventListener("incoming", ({ detail }) => incoming.push(detail.id));

  deliver({ type: "typing_indicator", user_id: BOB.id, is_typing: true });
  assert.equal(thread.otherIsTyping, true);
  deliver({ type: "new_message", message: makeMessage(6, { version: 11 }) });
  deliver({ type: "new_message", message: makeMessage(6, { version: 11 }) });
  deliver({ type: "new_message", message: makeMessage(7, { version: 12 }) });
  assert.deepEqual([thread.otherIsTyping, incoming, ids(thread)], [false, [6], [4, 5, 6, 7]]);
  deliver({ type: "read_receipt", reader_id: BOB.id, up_to: 5, read_at: "now", version: 13 });
  deliver({ type: "read_receipt", reader_id: ALICE.id, up_to: 6, read_at: "now", version: 13 });
  deliver({ type: "conversation_read", up_to: 4, read_at: "now", version: 14 });
  deliver({ type: "typing_indicator", user_id: ALICE.id, is_typing: true });
  deliver({ type: "of a later version" });

  assert.deepEqual(thread.messages.filter((each) => each.is_read).map(({ id }) => id), [4, 5]);
  assert.equal(thread.otherIsTyping, false);
});

test("frames edit and delete messages, show reactions, and move the version", async (t) => {
  const { browser, open, sockets, live, deliver } = await start(t);
  const thread = await open();
  await live();
  const reactions = [{ emoji: "👍", user_ids: [BOB.id] }];

  deliver({ type: "message_edited", message_id: 4, content: "new", edited_at: "now", version: 11 });
  deliver({ type: "message_reacted", message_id: 4, reactions, version: 12 });
  deliver({ type: "message_deleted", message_id: 5, version: 13 });
  deliver({ type: "message_edited", message_id: 1, content: "old", edited_at: "now", version: 14 });

  const shown = thread.messages.map((each) => [each.content, each.reactions, each.is_deleted]);
  assert.deepEqual(shown, [["new", reactions, undefined], ["", [], true]]);
  sockets()[0].hangUp(1006);
  await browser.pass(1_000);
  assert.equal(sockets()[1].url.search, "?since=14");
});

test("the frame of an edited reply renews its quote", async (t) => {
  const { open, live, deliver } = await start(t);
  const thread = await open();
  await live();
  const quote = (first_name) => ({ id: 1, sender: { id: 0, first_name }, preview: "old", is_deleted: false });

  deliver({ type: "new_message", message: makeMessage(6, { version: 11, reply_to: quote("Bob") }) });
  const edit = { content: "new", edited_at: "now", reply_to: quote("[removed]") };
  deliver({ type: "message_edited", message_id: 6, ...edit, version: 12 });

  const { content, edited_at, reply_to } = thread.messages.at(-1);
  assert.deepEqual({ content, edited_at, reply_to }, edit);
});

test("the user's changes are shown at once, and the server's response stays", async (t) => {
  const { server, open, live, changes } = await start(t);
  const thread = await open();
  await live();
  const answer = server.hold(`PATCH ${MESSAGES.slice(4)}5/`);
  const content = () => thread.messages.at(-1).content;

  changes.edit(thread.messages.at(-1), "new");
  assert.equal(content(), "new");
  answer(makeMessage(5, { content: "new, from the server", edited_at: "now", version: 11 }));
  await settle();

  assert.deepEqual([content(), changes.list()], ["new, from the server", []]);
});

test("closing a thread sends what can be undone", async (t) => {
  const { server, open, changes, closeThread } = await start(t);
  const thread = await open();
  server.on(`DELETE ${MESSAGES.slice(4)}5/`, null);
  changes.delete(thread.messages.at(-1));

  closeThread(thread);
  await settle();

  assert.equal(server.asked(`DELETE ${MESSAGES.slice(4)}5/`).length, 1);
});

test("an answer is sent with the message that it answers", async (t) => {
  const { server, open, live } = await start(t);
  const thread = await open();
  await live();
  server.on(SEND, (request) => makeMessage(7, { client_id: request.body.client_id, version: 11 }));

  await thread.send("yes", { replyTo: 4 });
  await settle();

  const [{ content, reply_to }] = server.asked(SEND);
  assert.deepEqual([content, reply_to], ["yes", 4]);
});

test("the device forgets a deleted text at once", async (t) => {
  const { open, live, deliver, account } = await start(t);
  await open();
  await live();
  deliver({ type: "message_deleted", message_id: 5, version: 11 });

  await settle();

  const { messages } = await account.db.get("threads", 7);
  assert.deepEqual(messages.map(({ content }) => content), ["message 4", ""]);
});

test("a thread does not open with texts from before a deletion that the list knows", async (t) => {
  const { browser, open, live, listLive, updated, closeThread } = await start(t);
  closeThread(await open());
  await listLive();
  await updated({ version: 12, deleted_version: 11 });
  await settle();
  const answer = browser.server.hold(NEWEST);

  const thread = await open();

  assert.deepEqual([thread.status, thread.messages], ["loading", []]);
  answer(makePage([makeMessage(4, { content: "", is_deleted: true, version: 11 }), makeMessage(5)]));
  await settle();
  assert.deepEqual(thread.messages.map(({ content }) => content), ["", "message 5"]);
});

test("texts from before a deletion are not shown without a network either", async (t) => {
  const { browser, open, listLive, updated, closeThread } = await start(t);
  closeThread(await open());
  await listLive();
  await updated({ version: 12, deleted_version: 11 });
  browser.server.on(NEWEST, () => Promise.reject(new TypeError("offline")));

  const thread = await open();

  assert.deepEqual([thread.status, thread.messages], ["error", []]);
});

test("a thread opens with its texts if it knows the last deletion", async (t) => {
  const { browser, open, live, listLive, updated, closeThread } = await start(t);
  const first = await open();
  await live(12);
  closeThread(first);
  await listLive();
  await updated({ version: 13, deleted_version: 12 });

  const thread = await open();

  assert.deepEqual(ids(thread), [4, 5]);
  assert.equal(browser.server.asked(NEWEST).length, 1);
});

test("a message that was deleted meanwhile is not incoming", async (t) => {
  const { open, live, deliver } = await start(t);
  const thread = await open();
  await live();
  const incoming = t.mock.fn();
  thread.addEventListener("incoming", incoming);

  deliver({ type: "new_message", message: makeMessage(6, { version: 11, is_deleted: true, content: "" }) });

  assert.deepEqual([ids(thread), incoming.mock.callCount()], [[4, 5, 6], 0]);
});

test("messages of the initial replay are not announced as incoming", async (t) => {
  const { open, sockets, deliver, live } = await start(t);
  const thread = await open();
  const incoming = t.mock.fn();
  thread.addEventListener("incoming", incoming);
  sockets()[0].accept();

  deliver({ type: "new_message", message: makeMessage(6, { version: 11 }) });
  await live(11);

  assert.deepEqual([ids(thread), incoming.mock.callCount()], [[4, 5, 6], 0]);
});

test("a lost socket resumes from the last version", async (t) => {
  const { browser, open, sockets, live, deliver } = await start(t);
  await open();
  await live();
  deliver({ type: "new_message", message: makeMessage(6, { version: 11 }) });

  sockets()[0].hangUp(1006);
  await browser.pass(1_000);

  assert.equal(sockets()[1].url.search, "?since=11");
});

test("a cached thread is shown at once and resumes from its version", async (t) => {
  const { server, open, live, closeThread, sockets } = await start(t);
  const first = await open();
  await live(12);
  closeThread(first);
  await settle();
  server.on(NEWEST, () => assert.fail("it is here"));

  const again = await open();

  assert.deepEqual([again.status, ids(again)], ["ready", [4, 5]]);
  assert.equal(sockets().at(-1).url.search, "?since=12");
});

test("older pages load on demand, one at a time", async (t) => {
  const { server, open } = await start(t);
  server.on(NEWEST, makePage([makeMessage(4), makeMessage(5)], { next: "/api/…" }));
  const thread = await open();
  const answer = server.hold(`${MESSAGES}?before=4&limit=20`);

  const loading = Promise.all([thread.loadOlder(), thread.loadOlder()]);
  assert.equal(thread.isLoadingOlder, true);
  answer(makePage([makeMessage(2)]));
  await loading;
  await thread.loadOlder();

  assert.deepEqual([ids(thread), thread.hasOlder, thread.isLoadingOlder], [[2, 4, 5], false, false]);
  assert.equal(server.asked(`${MESSAGES}?before=4&limit=20`).length, 1);
});

test("an older page that failed can be loaded again", async (t) => {
  const { server, open } = await start(t);
  server.on(NEWEST, makePage([makeMessage(4)], { next: "/api/…" }));
  const thread = await open();
  server.on(`${MESSAGES}?before=4&limit=20`, refusal(503, "unavailable"));
  await assert.rejects(thread.loadOlder(), { status: 503 });

  server.on(`${MESSAGES}?before=4&limit=100`, makePage([]));
  await thread.loadOlder();

  assert.deepEqual([thread.hasOlder, thread.isLoadingOlder], [false, false]);
});

test("a reset reloads the thread from its newest page", async (t) => {
  const { server, open, live, deliver } = await start(t);
  const thread = await open();
  await live();
  server.on(NEWEST, makePage([makeMessage(90), makeMessage(91)], { next: "/api/…" }));

  deliver({ type: "reset", version: 200 });
  await settle();

  assert.deepEqual([ids(thread), thread.hasOlder, thread.status], [[90, 91], true, "ready"]);
});

test("a page requested before a reset is requested again", async (t) => {
  const { server, open, live, deliver } = await start(t);
  const answers = [Promise.withResolvers(), Promise.withResolvers()];
  let count = 0;
  server.on(NEWEST, () => answers[count++].promise);
  const thread = await open();
  await live();

  deliver({ type: "reset", version: 200 });
  answers[0].resolve(makePage([makeMessage(4)]));
  await settle();
  assert.deepEqual(ids(thread), []);
  answers[1].resolve(makePage([makeMessage(90)]));
  await settle();

  assert.deepEqual([ids(thread), count], [[90], 2]);
});

test("an older page that arrives after a reset is discarded", async (t) => {
  const { server, open, live, deliver } = await start(t);
  server.on(NEWEST, makePage([makeMessage(4)], { next: "/api/…" }));
  const thread = await open();
  await live();
  const older = server.hold(`${MESSAGES}?before=4&limit=20`);
  const loading = thread.loadOlder();
  await settle();
  server.on(NEWEST, makePage([makeMessage(90)], { next: "/api/…" }));
  deliver({ type: "reset", version: 200 });
  await settle();

  older(makePage([makeMessage(2)]));
  await loading;

  assert.deepEqual(ids(thread), [90]);
});

test("polling loads all pages of changes if sockets are blocked", async (t) => {
  const { browser, server, open } = await start(t);
  const thread = await open();
  const incoming = t.mock.fn();
  thread.addEventListener("incoming", incoming);
  server.on(`${MESSAGES}?since=10`, changes(10));
  await browser.pass(6_000);
  assert.equal(thread.connection, "polling");

  const next = { results: [makeMessage(6, { version: 11 })], next: `https://internal/api/next/`, version: 12 };
  server.on(`${MESSAGES}?since=10`, next);
  server.on("GET /api/next/", changes(12, [makeMessage(8, { version: 12 })]));
  server.on(`${MESSAGES}?since=12`, changes(12));
  await browser.pass(6_000);

  assert.deepEqual([ids(thread), incoming.mock.callCount()], [[4, 5, 6, 8], 2]);
});

test("a server that was restored from a backup resets the thread", async (t) => {
  const { browser, server, open } = await start(t);
  const thread = await open();
  server.on(`${MESSAGES}?since=10`, changes(5));
  server.on(`${MESSAGES}?since=5`, changes(5));
  server.on(NEWEST, makePage([makeMessage(3)]));

  await browser.pass(12_000);

  assert.deepEqual(ids(thread), [3]);
});

// Sending
// ------------------------------------------------------------------------------
test("a sent message is shown once, first pending and then sent", async (t) => {
  const { server, open, live, deliver } = await start(t);
  const thread = await open();
  await live();
  const answer = server.hold(SEND);

  const { clientId } = await thread.send(" hello ");
  assert.deepEqual(thread.pending.map(({ content }) => content), ["hello"]);
  const message = makeMessage(9, { client_id: clientId, version: 11 });
  deliver({ type: "new_message", message });
  assert.deepEqual([thread.pending, ids(thread)], [[], [4, 5, 9]]);
  answer(message);
  await settle();

  assert.deepEqual([thread.pending, ids(thread)], [[], [4, 5, 9]]);
});

test("the response to sending shows the message before its frame", async (t) => {
  const { server, open } = await start(t);
  const thread = await open();
  server.on(SEND, ({ body }) => makeMessage(9, { ...body, version: 11 }));

  await thread.send("hello");
  await settle();

  assert.deepEqual([thread.pending, ids(thread)], [[], [4, 5, 9]]);
});

test("a text that cannot be sent is refused", async (t) => {
  const { server, open } = await start(t);
  const thread = await open();
  assert.deepEqual(await thread.send(" \n "), {});
  assert.deepEqual(await thread.send("x".repeat(2001)), {});
  server.on(SEND, refusal(429, "throttled", { "Retry-After": "9" }));
  thread.addEventListener("returned", (event) => event.preventDefault());

  await thread.send("hello");
  await settle();

  assert.deepEqual([thread.heldFor, thread.pending], [9, []]);
  assert.deepEqual(await thread.send("again"), { heldFor: 9 });
});

test("a throttled message stays queued if no box restores its text", async (t) => {
  const { server, open } = await start(t);
  server.on("GET /api/messaging/conversations/8/", refusal(404, "not_found"));
  const [thread, other] = [await open(), await open(8)];
  server.on(SEND, refusal(429, "throttled", { "Retry-After": "9" }));
  const returned = [];
  for (const each of [thread, other]) {
    each.addEventListener("returned", ({ detail }) => returned.push([each.id, detail.text]));
  }

  await thread.send("hello");
  await settle();

  assert.deepEqual([returned, thread.pending.length], [[[7, "hello"]], 1]);
});

test("a failed message can be retried or discarded", async (t) => {
  const { server, open } = await start(t);
  const thread = await open();
  server.on(SEND, refusal(400, "invalid"));
  const { clientId } = await thread.send("hello");
  await settle();
  assert.equal(thread.pending[0].state, "failed");

  await thread.retrySend(clientId);
  await settle();
  assert.equal(server.asked(SEND).length, 2);

  assert.equal(thread.discardSend(clientId), "hello");
  assert.equal(thread.discardSend(clientId), "");
  assert.deepEqual(thread.pending, []);
});

test("a message with photos needs no text, and returns to the composer when it is cancelled", async (t) => {
  const { server, open, account } = await start(t);
  server.hold("POST /api/messaging/uploads/");
  const thread = await open();
  const cancelled = [];
  thread.addEventListener("cancelled", ({ detail }) => cancelled.push(detail.text));
  await account.db.put("photos", { key: "one", blob: new Blob(["x"]), name: "photo.jpeg" });
  const photos = [{ key: "one", kind: "image", width: 4, height: 3, upload: null }];

  const { clientId } = await thread.send("\u200b", { photos });
  assert.deepEqual(thread.pending.map(({ content }) => content), [""]);
  await thread.cancelSend(clientId);
  await thread.cancelSend(clientId);

  assert.deepEqual([cancelled, thread.pending], [["", ""], []]);
  assert.equal((await account.db.getAll("photos")).length, 1);
});

test("typing frames are sent while the thread is writable, and end with sending", async (t) => {
  const { server, open, live, sockets } = await start(t);
  const thread = await open();
  await live();
  server.on(SEND, ({ body }) => makeMessage(9, { ...body, version: 11 }));

  thread.type(true);
  await thread.send("hello");
  await settle();

  const typed = sockets()[0].sent.filter(({ type }) => type === "typing");
  assert.deepEqual(typed.map(({ is_typing }) => is_typing), [true, false]);
});

test("seen messages are marked as read", async (t) => {
  const { open, live, sockets } = await start(t);
  const thread = await open();
  await live();

  thread.seen(4);

  assert.deepEqual(sockets()[0].sent.at(-1), { type: "read", up_to: 4 });
});

test("impersonation sends no messages, typing frames or read receipts", async (t) => {
  const { browser, open, live, sockets } = await start(t, { openBrowser: openImpersonation });
  const thread = await open();
  await live();

  thread.type(true);
  thread.seen(5);
  assert.deepEqual(await thread.send("hello"), {});
  await settle();

  assert.deepEqual(sockets()[0].sent.map(({ type }) => type), ["ping"]);
  assert.deepEqual(await indexedDB.databases().then((all) => all.map(({ name }) => name)), []);
  assert.equal(browser.server.asked(READ).length, 0);
});

// Ending and resuming
// ------------------------------------------------------------------------------
test("an archived conversation is readable and opens no socket", async (t) => {
  const archived = makeConversation(7, { is_archived: true });
  const prepare = ({ server }) => {
    server.on(LIST, pageOf());
    server.on(CONVERSATION, archived);
  };
  const { server, open, sockets, closeThread } = await start(t, { prepare });

  const thread = await open();
  assert.deepEqual([thread.status, ids(thread), sockets().length], ["archived", [4, 5], 0]);
  assert.equal(thread.connection, "connecting");
  thread.type(true);
  closeThread(thread);
  await settle();
  server.on(`${MESSAGES}?since=10`, changes(10, [makeMessage(6, { version: 10 })]));

  const again = await open();
  assert.deepEqual([again.status, ids(again)], ["archived", [4, 5, 6]]);
});

test("a conversation archived while open stays readable", async (t) => {
  const { server, open, live, listLive, updated, sockets } = await start(t);
  const thread = await open();
  await live();
  await listLive();
  server.on(`${MESSAGES}?since=10`, changes(11, [makeMessage(6, { version: 11 })]));
  server.on(LIST, pageOf());

  await updated({ version: 11, is_archived: true });

  assert.deepEqual([thread.status, ids(thread)], ["archived", [4, 5, 6]]);
  assert.equal(sockets()[0].readyState, 3);
});

test("a restored conversation continues", async (t) => {
  const { server, open, live, listLive, updated, sockets } = await start(t);
  const thread = await open();
  await live();
  await listLive();
  server.on(`${MESSAGES}?since=10`, changes(11));
  server.on(LIST, pageOf());
  await updated({ version: 11, is_archived: true });
  assert.equal(thread.status, "archived");

  await updated({ version: 12 });

  assert.deepEqual([thread.status, sockets().length], ["ready", 2]);
});

test("4003 for an archived conversation makes it archived", async (t) => {
  const { server, open, live, sockets } = await start(t);
  const thread = await open();
  await live();
  server.on(`${MESSAGES}?since=10`, changes(10));
  server.on(LIST, pageOf());
  server.on(CONVERSATION, makeConversation(7, { is_archived: true }));

  sockets()[0].hangUp(4003);
  await settle();

  assert.deepEqual([thread.status, thread.conversation.is_archived], ["archived", true]);
});

test("4003 for an accessible conversation leads to polling", async (t) => {
  const { browser, server, open, live, sockets } = await start(t);
  const thread = await open();
  await live();
  server.on(`${MESSAGES}?since=10`, changes(10));

  sockets()[0].hangUp(4003);
  await browser.pass(30_000);

  assert.deepEqual([thread.status, thread.connection, sockets().length], ["ready", "polling", 1]);
});

test("4003 with an unreachable server is checked again later", async (t) => {
  const { browser, server, open, live, sockets } = await start(t);
  const thread = await open();
  await live();
  server.on(`${MESSAGES}?since=10`, refusal(503, "unavailable"));
  sockets()[0].hangUp(4003);
  await settle();
  assert.equal(thread.status, "ready");

  server.on(`${MESSAGES}?since=10`, refusal(404, "not_found"));
  await browser.pass(6_000);

  assert.equal(thread.status, "gone");
});

test("the cache of a conversation is deleted when access ends", async (t) => {
  const { server, open, live, sockets, account } = await start(t);
  const thread = await open();
  await live();
  assert.equal((await account.db.getAll("threads")).length, 1);
  server.on(`${MESSAGES}?since=10`, refusal(404, "not_found"));
  server.on(LIST, pageOf());

  sockets()[0].hangUp(4003);
  await settle();

  assert.equal(thread.status, "gone");
  assert.deepEqual(await account.db.getAll("threads"), []);
});

test("an unknown conversation is gone", async (t) => {
  const { open, sockets } = await start(t, { prepare: ({ server }) => server.on(LIST, pageOf()) });

  const thread = await open();

  assert.deepEqual([thread.status, thread.conversation, sockets().length], ["gone", null, 0]);
});

test("a conversation that ends before its page is loaded is gone", async (t) => {
  const { server, open } = await start(t);
  server.on(NEWEST, refusal(404, "not_found"));

  const thread = await open();

  assert.equal(thread.status, "gone");
  // The list still contains the conversation, which must not cause repeated requests.
  assert.equal(server.asked(NEWEST).length, 1);
});

test("a failed poll changes nothing", async (t) => {
  const { browser, server, open } = await start(t);
  const thread = await open();
  server.on(`${MESSAGES}?since=10`, refusal(503, "unavailable"));

  await browser.pass(7_000);

  assert.deepEqual([thread.status, ids(thread)], ["ready", [4, 5]]);
  assert.notEqual(thread.connection, "polling");
});

test("a poll with 404 ends the thread", async (t) => {
  const { browser, server, open } = await start(t);
  const thread = await open();
  server.on(`${MESSAGES}?since=10`, refusal(404, "not_found"));

  await browser.pass(7_000);

  assert.equal(thread.status, "gone");
});

test("a polled conversation that leaves the list has ended", async (t) => {
  const { browser, server, open } = await start(t);
  const thread = await open();
  server.on(`${MESSAGES}?since=10`, changes(10));
  await browser.pass(7_000);

  server.on(LIST, pageOf());
  server.on(CONVERSATION, makeConversation(7, { is_archived: true }));
  await browser.pass(40_000);

  assert.equal(thread.status, "archived");
});

test("a thread that failed to load is an error until a retry or reconnection", async (t) => {
  const { server, open, listLive } = await start(t);
  server.on(NEWEST, refusal(503, "unavailable"));
  const thread = await open();
  assert.equal(thread.status, "error");
  await thread.retry();
  assert.equal(thread.status, "error");

  server.on(NEWEST, makePage([makeMessage(4)]));
  await listLive();

  assert.deepEqual([thread.status, ids(thread)], ["ready", [4]]);
});

test("a thread that failed to load is loaded when its socket is live", async (t) => {
  const { server, open, live } = await start(t);
  server.on(NEWEST, refusal(503, "unavailable"));
  const thread = await open();
  server.on(NEWEST, makePage([makeMessage(4)]));

  await live();

  assert.deepEqual([thread.status, ids(thread)], ["ready", [4]]);
});

// Closing
// ------------------------------------------------------------------------------
test("a thread that two views share closes with the last one", async (t) => {
  const { open, closeThread, live, sockets } = await start(t);
  const [one, two] = [await open(), await open()];
  assert.equal(one, two);
  await live();

  closeThread(one);
  assert.equal(sockets()[0].readyState, 1);
  closeThread(two);
  assert.equal(sockets()[0].readyState, 3);
  closeThread(two);

  assert.notEqual(await open(), one);
});

test("a thread closed while its conversation is located stays closed", async (t) => {
  let answer;
  const prepare = ({ server }) => {
    server.on(LIST, pageOf());
    answer = server.hold(CONVERSATION);
  };
  const { openThread, closeThread, sockets } = await start(t, { prepare });
  const thread = openThread(7);
  await settle();

  closeThread(thread);
  answer(makeConversation(7));
  await settle();

  assert.deepEqual([thread.status, sockets().length], ["loading", 0]);
});

test("a thread closed while it opens stays closed", async (t) => {
  const { server, openThread, closeThread, sockets } = await start(t);
  const answer = server.hold(NEWEST);
  const early = openThread(7);
  closeThread(early);
  await settle();
  assert.equal(sockets().length, 0);

  const later = openThread(7);
  await settle();
  closeThread(later);
  answer(makePage([makeMessage(4)]));
  await settle();

  assert.deepEqual([early.status, later.status], ["loading", "loading"]);
});

test("a thread closed while its access is checked stays closed", async (t) => {
  const { browser, server, open, live, sockets, closeThread } = await start(t);
  const thread = await open();
  await live();
  const answer = server.hold(`${MESSAGES}?since=10`);
  sockets()[0].hangUp(4003);
  await settle();

  closeThread(thread);
  answer(changes(10));
  await settle();
  assert.equal(thread.status, "ready");
  await browser.pass(20_000);

  assert.equal(server.asked(`${MESSAGES}?since=10`).length, 1);
});

// Jumping to a message of the past
// ------------------------------------------------------------------------------
const AROUND = (id) => `${MESSAGES}?around=${id}&limit=60`;
const partOf = (ids, { next = "older", previous = "newer" } = {}) => ({
  ...makePage(ids.map((id) => makeMessage(id)), { next }),
  previous,
});

async function startWithPast(t) {
  const started = await start(t);
  started.server.on(NEWEST, makePage([makeMessage(90), makeMessage(91)], { next: "older" }));
  started.server.on(AROUND(21), partOf([20, 21, 22]));
  const thread = await started.open();
  return { ...started, thread };
}

test("a jump shows a message with its surroundings, and the way back the newest ones", async (t) => {
  const { thread } = await startWithPast(t);

  await thread.jumpTo(21);
  assert.deepEqual([ids(thread), thread.hasOlder, thread.hasNewer], [[20, 21, 22], true, true]);
  assert.deepEqual(thread.newestMessages.map(({ id }) => id), [90, 91]);
  thread.showNewest();

  assert.deepEqual([ids(thread), thread.hasNewer], [[90, 91], false]);
});

test("pages of both directions are loaded from the past until it meets the newest messages", async (t) => {
  const { server, thread } = await startWithPast(t);
  await thread.jumpTo(21);
  server.on(`${MESSAGES}?before=20&limit=20`, makePage([makeMessage(19)]));
  const answer = server.hold(`${MESSAGES}?after=22&limit=100`);

  await thread.loadOlder();
  assert.deepEqual([ids(thread), thread.hasOlder], [[19, 20, 21, 22], false]);
  const loading = Promise.all([thread.loadNewer(), thread.loadNewer()]);
  assert.equal(thread.isLoadingNewer, true);
  answer(makePage([makeMessage(23), makeMessage(90)], { next: "newer" }));
  await loading;

  assert.deepEqual(ids(thread), [19, 20, 21, 22, 23, 90, 91]);
  assert.deepEqual([thread.hasNewer, thread.isLoadingNewer, thread.hasOlder], [false, false, false]);
  await thread.loadNewer();
});

test("a message that is loaded needs no request", async (t) => {
  const { server, thread } = await startWithPast(t);

  await thread.jumpTo(91);
  await thread.jumpTo(21);
  await thread.jumpTo(22);
  assert.deepEqual(ids(thread), [20, 21, 22]);
  await thread.jumpTo(90);

  assert.deepEqual(ids(thread), [90, 91]);
  assert.equal(server.asked(AROUND(21)).length, 1);
});

test("of two jumps the later one counts, even if its response is earlier", async (t) => {
  const { server, thread } = await startWithPast(t);
  const answer = server.hold(AROUND(21));
  server.on(AROUND(51), partOf([50, 51, 52]));

  const early = thread.jumpTo(21);
  await thread.jumpTo(51);
  answer(partOf([20, 21, 22]));
  await early;

  assert.deepEqual(ids(thread), [50, 51, 52]);
});

test("a jump to a message that is not there changes nothing", async (t) => {
  const { server, thread } = await startWithPast(t);
  server.on(AROUND(55), refusal(404, "message_not_found"));

  await assert.rejects(thread.jumpTo(55), { status: 404 });

  assert.deepEqual([ids(thread), thread.status], [[90, 91], "ready"]);
});

test("a new message does not appear in the past, but after the way back", async (t) => {
  const { thread, live, deliver } = await startWithPast(t);
  await live();
  await thread.jumpTo(21);

  deliver({ type: "new_message", message: makeMessage(92, { version: 11 }) });
  assert.deepEqual(ids(thread), [20, 21, 22]);
  thread.showNewest();

  assert.deepEqual(ids(thread), [90, 91, 92]);
});

test("a reset loads the past again", async (t) => {
  const { server, thread, live, deliver } = await startWithPast(t);
  await live();
  await thread.jumpTo(21);
  server.on(AROUND(21), partOf([20, 21, 22, 23]));

  deliver({ type: "reset", version: 700 });
  await settle();

  assert.deepEqual([ids(thread), thread.hasNewer], [[20, 21, 22, 23], true]);
});

test("messages of the past are marked as read only if none before them can be unread", async (t) => {
  const { server, thread, live, sockets } = await startWithPast(t);
  await live();
  const sent = () => sockets()[0].sent.filter(({ type }) => type === "read");
  await thread.jumpTo(21);

  thread.seen(22);
  assert.deepEqual(sent(), []);
  const read = makeMessage(20, { is_read: true, version: 50 });
  server.on(AROUND(23), { ...partOf([22, 23]), results: [makeMessage(23), makeMessage(22), read] });
  await thread.jumpTo(23);
  thread.seen(22);

  assert.deepEqual(sent(), [{ type: "read", up_to: 22 }]);
});
