import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, openImpersonation, openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation, makeMessage, makePage, makeToken } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const NAMES = ["account", "drafts", "inbox", "live", "notifications", "outbox", "thread"].map((name) => `live/${name}.js`);

async function start(t, open = openSignedIn) {
  const browser = await open(t);
  const rows = { results: [makeConversation(7)], next: null, count: 1 };
  browser.server.on("GET /api/messaging/conversations/", rows);
  browser.server.on("GET /api/messaging/conversations/7/messages/", makePage([makeMessage(1)]));
  const modules = await browser.load("core/session.js", "core/database.js", ...NAMES);
  t.after(() => (modules.inbox.stop(), modules.outbox.stop()));
  modules.startLive();
  await settle();
  return { browser, ...modules };
}

const databases = async () => (await indexedDB.databases()).map(({ name }) => name);

test("live data starts for a signed-in user", async (t) => {
  const { browser, inbox, outbox } = await start(t);
  const sent = t.mock.fn(({ body }) => makeMessage(2, body));
  browser.server.on("POST /api/messaging/conversations/7/send/", sent);

  await outbox.add({ conversation_id: 7, content: "hello" });
  await settle();

  assert.deepEqual([inbox.status, inbox.conversations.length, sent.mock.callCount()], ["ready", 1, 1]);
});

test("live data does not start before sign-in", async (t) => {
  const { browser, inbox, session } = await start(t, openBrowser);
  assert.deepEqual([inbox.status, browser.server.requests], ["loading", []]);
  browser.server.on("POST /api/auth/jwt/create/", { access: makeToken(ALICE.id) });
  browser.server.on("GET /api/auth/users/me/", ALICE);
  session.start();

  await session.signIn("a", "b");
  await settle();

  assert.equal(inbox.status, "ready");
});

for (const reason of [undefined, "deleted"]) {
  test(`signing out (${reason ?? "by hand"}) deletes the local data`, (t) => endByHand(t, reason));
}

async function endByHand(t, reason) {
  const { browser, inbox, openThread, session } = await start(t);
  const thread = openThread(7);
  await settle();
  assert.equal(thread.status, "ready");
  assert.deepEqual(await databases(), ["messaging-1"]);
  browser.sessionStorage.setItem("drafts", '{"7":"7 1 a"}');

  await session.signOut(reason);
  await settle();

  assert.deepEqual([await databases(), inbox.conversations], [[], []]);
  assert.equal(browser.sessionStorage.getItem("drafts"), null);
  assert.ok(browser.WebSocket.opened.every(({ readyState }) => readyState === 3));
}

/** Store a thread and a draft, and let the server end the session. */
async function endByServer(t) {
  const started = await start(t);
  const { account, browser, Draft, session } = started;
  await account.db.put("threads", { id: 7 });
  const draft = new Draft(7);
  draft.write("hello");
  await settle();
  browser.server.on("POST /api/auth/jwt/refresh/", refusal(401, "token_not_valid"));
  await session.refresh().catch(() => {});
  await settle();
  draft.close();
  return started;
}

test("an end by the server deletes what it has sent, and keeps unsent texts for their author", async (t) => {
  const { Database, session } = await endByServer(t);

  assert.equal(session.state, "signed-out");
  const db = new Database(ALICE.id);
  assert.deepEqual(await db.getAll("threads"), []);
  assert.equal(await db.get("kv", "inbox"), undefined);
  assert.deepEqual(await db.getAll("drafts"), ["hello"]);
});

test("nothing stays for the next person on the device", async (t) => {
  const { browser, account, inbox, session } = await endByServer(t);
  assert.deepEqual(await databases(), ["messaging-1"]);

  browser.server.on("POST /api/auth/invitations/accept/", { access: makeToken(BOB.id), user: BOB });
  await session.join({});
  await browser.pass(500);

  assert.deepEqual([account.key, await account.db.getAll("drafts")], ["2", []]);
  assert.deepEqual(await databases(), ["messaging-2"]);
  inbox.stop();
  await settle();
});

test("impersonation starts neither outbox nor notifications", async (t) => {
  const { inbox, notifications, outbox } = await start(t, openImpersonation);

  assert.deepEqual([inbox.status, notifications.state], ["ready", "unsupported"]);
  await outbox.add({ conversation_id: 7, content: "hello" });
  await settle();
  assert.equal(outbox.all()[0].state, "waiting");
});

test("a change of the user's profile restarts nothing", async (t) => {
  const { browser, session } = await start(t);
  const { length } = browser.server.requests;

  session.setUser({ ...ALICE, first_name: "Alicia" });
  await settle();

  assert.equal(browser.server.requests.length, length);
});
