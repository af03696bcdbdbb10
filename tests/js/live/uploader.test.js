import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle, startSession } from "../browser/open.js";
import { ALICE, BOB, makeMessage, makeToken } from "../browser/people.js";
import { json, refusal } from "../browser/server.js";

const SEND = "POST /api/messaging/conversations/7/send/";
const START = "POST /api/messaging/conversations/start/";
const UPLOADS = "POST /api/messaging/uploads/";
const NAMES = ["live/outbox.js", "live/account.js", "live/photos/progress.js"];

async function open(t) {
  const browser = await openSignedIn(t);
  const { server } = browser;
  /** Store uploads as the server does: once for each Upload-Key. */
  const stored = new Map();
  const store = ({ headers }) => {
    const key = headers["Upload-Key"];
    if (!stored.has(key)) stored.set(key, { id: 50 + stored.size, kind: "image" });
    return json(stored.get(key), { status: 201 });
  };
  server.on(UPLOADS, store);
  server.on(SEND, ({ body }) => makeMessage(101, body));
  async function join(load = browser.openTab()) {
    const modules = await startSession(load, ...NAMES);
    t.after(() => modules.outbox.stop());
    await modules.outbox.start(ALICE.id);
    await settle();
    return modules;
  }
  const keys = () => server.requests.filter(({ path }) => path.endsWith("/uploads/")).map((each) => each.headers["Upload-Key"]);
  return { browser, server, stored, store, join, keys };
}

/** Queue a message with photos, whose contents and keys are their names. */
async function send({ outbox, account }, { content = "", names = ["one"], ...target }) {
  for (const name of names) {
    await account.db.put("photos", { key: name, blob: new Blob([name]), name: `${name}.jpg` });
  }
  const photos = names.map((key) => ({ key, kind: "image", width: 4, height: 3, upload: null }));
  const entry = await outbox.add({ conversation_id: 7, content, photos, ...target });
  await settle();
  return entry;
}

const sentTo = (server, route = SEND) =>
  server.asked(route).map(({ content, uploads }) => [content, uploads]);

test("photos are uploaded in their order, and sent as one message with their text", async (t) => {
  const { server, join, keys } = await open(t);
  const tab = await join();

  const entry = await send(tab, { content: "Look!", names: ["one", "two"] });

  assert.deepEqual(sentTo(server), [["Look!", [50, 51]]]);
  assert.deepEqual(keys(), entry.photos.map(({ key }) => key));
  const forms = server.asked(UPLOADS);
  assert.deepEqual(await Promise.all(forms.map((form) => form.get("file").text())), ["one", "two"]);
  assert.deepEqual(forms.map((form) => form.get("file").name), ["one.jpg", "two.jpg"]);
  assert.deepEqual([tab.outbox.size, await tab.account.db.getAll("photos")], [0, []]);
  assert.deepEqual(await tab.account.db.getAll("photo_outbox"), []);
});

test("tabs of a release without photos are not told of a message that they would send as a text", async (t) => {
  const { server, join } = await open(t);
  const tab = await join();
  const types = [];
  const channel = new BroadcastChannel(`outbox-${ALICE.id}`);
  channel.addEventListener("message", ({ data }) => types.push(data.type));
  server.hold(UPLOADS);

  await send(tab, {});

  assert.deepEqual(types, ["added-photos"]);
  assert.deepEqual(await tab.account.db.getAll("outbox"), []);
});

test("messages keep their order, and those of other conversations do not wait", async (t) => {
  const { server, join } = await open(t);
  const tab = await join();
  const answer = server.hold(UPLOADS);
  server.on("POST /api/messaging/conversations/8/send/", ({ body }) => makeMessage(1, body));
  await send(tab, { content: "first" });
  await tab.outbox.add({ conversation_id: 7, content: "second" });
  await tab.outbox.add({ conversation_id: 8, content: "elsewhere" });
  await settle();
  assert.deepEqual(sentTo(server), []);
  assert.equal(server.asked("POST /api/messaging/conversations/8/send/").length, 1);

  answer({ id: 9 });
  await settle();

  assert.deepEqual(sentTo(server), [["first", [9]], ["second", undefined]]);
});

test("a lost response is followed by a repeat with the same key", async (t) => {
  const { browser, server, stored, store, join, keys } = await open(t);
  const tab = await join();
  server.on(UPLOADS, (request) => {
    store(request);
    throw new TypeError("the connection broke");
  });
  const { client_id } = await send(tab, {});
  assert.deepEqual([tab.outbox.get(client_id).state, tab.outbox.get(client_id).attempts], ["waiting", 1]);

  server.on(UPLOADS, store);
  await browser.pass(500);

  assert.deepEqual([new Set(keys()).size, keys().length, stored.size], [1, 2, 1]);
  assert.deepEqual(sentTo(server), [["", [50]]]);
});

test("what was uploaded is not uploaded again by the next page", async (t) => {
  const { browser, server, store, join, keys } = await open(t);
  const first = await join();
  server.on(UPLOADS, (request) => (keys().length < 2 ? store(request) : refusal(503, "unavailable")));
  const entry = await send(first, { names: ["one", "two"] });
  first.outbox.stop();
  server.on(UPLOADS, store);

  await join();
  await browser.pass(1_000);

  const [one, two] = entry.photos.map(({ key }) => key);
  assert.deepEqual(keys(), [one, two, two]);
  assert.deepEqual(sentTo(server), [["", [50, 51]]]);
});

test("an upload that the server has forgotten is repeated, by its age or after a refusal", async (t) => {
  const { browser, server, join, keys } = await open(t);
  const tab = await join();
  server.on(SEND, refusal(503, "unavailable"));
  await send(tab, {});
  browser.setClock(Date.now() + 21 * 3_600_000);
  await browser.pass(1_000);
  assert.equal(keys().length, 2);

  const refusals = [refusal(400, "upload_not_found")];
  server.on(SEND, ({ body }) => refusals.pop() ?? makeMessage(101, body));
  await browser.pass(2_000);

  assert.deepEqual([keys().length, tab.outbox.size], [3, 0]);
});

test("a message that is refused twice has failed, and a retry uploads again", async (t) => {
  const { server, join, keys } = await open(t);
  const tab = await join();
  server.on(SEND, refusal(400, "invalid"));
  const { client_id } = await send(tab, {});
  assert.equal(tab.outbox.get(client_id).state, "failed");
  assert.equal(keys().length, 2);

  server.on(SEND, ({ body }) => makeMessage(101, body));
  await tab.outbox.retry(client_id);
  await settle();

  assert.equal(tab.outbox.size, 0);
});

test("a refused photo fails its message with the reason, and stays on the device", async (t) => {
  const { server, store, join } = await open(t);
  const tab = await join();
  server.on(UPLOADS, refusal(400, "too_many_pixels"));
  const { client_id } = await send(tab, {});
  assert.deepEqual(
    [tab.outbox.get(client_id).state, tab.outbox.get(client_id).error],
    ["failed", "Refused: too_many_pixels."],
  );
  server.on(UPLOADS, new Response("<html>", { status: 413 }));
  await tab.outbox.retry(client_id);
  await settle();
  assert.match(tab.outbox.get(client_id).error, /too large/);

  server.on(UPLOADS, store);
  await tab.outbox.retry(client_id);
  await settle();

  assert.deepEqual([tab.outbox.size, sentTo(server)], [0, [["", [50]]]]);
});

test("a photo that the device has lost fails its message", async (t) => {
  const { join, server } = await open(t);
  const tab = await join();
  server.on(UPLOADS, refusal(503, "unavailable"));
  const { client_id, photos } = await send(tab, {});

  await tab.account.db.delete("photos", photos[0].key);
  tab.outbox.wake();
  await settle();

  assert.equal(tab.outbox.get(client_id).state, "failed");
  assert.match(tab.outbox.get(client_id).error, /no longer on this device/);
});

test("a throttled upload waits as long as the server says", async (t) => {
  const { browser, server, store, join } = await open(t);
  const tab = await join();
  server.on(UPLOADS, refusal(429, "throttled", { "Retry-After": "10" }));
  await send(tab, {});
  server.on(UPLOADS, store);

  await browser.pass(9_500);
  assert.deepEqual([sentTo(server), tab.outbox.heldFor], [[], 0]);
  await browser.pass(500);

  assert.equal(sentTo(server).length, 1);
});

test("a message that is removed in any tab is not uploaded further", async (t) => {
  const { server, join } = await open(t);
  const [one, two] = [await join(), await join()];
  server.hold(UPLOADS);
  const { client_id } = await send(one, { names: ["one", "two"] });
  assert.equal(two.outbox.all().length, 1);

  await two.outbox.remove(client_id);
  await settle();

  assert.deepEqual([one.outbox.size, server.asked(UPLOADS).length, sentTo(server)], [0, 1, []]);
  assert.deepEqual(await one.account.db.getAll("photos"), []);
});

test("all tabs see the progress, at most five times a second", async (t) => {
  const { browser, server, join } = await open(t);
  const [one, two] = [await join(), await join()];
  const answer = server.hold(UPLOADS);
  const { photos: [{ key }] } = await send(one, {});
  const [upload] = browser.XMLHttpRequest.opened;
  assert.equal(two.progress.of(key), 0);

  await browser.pass(1_000);
  upload.upload.onprogress({ loaded: 1, total: 4 });
  upload.upload.onprogress({ loaded: 2, total: 4 });
  upload.upload.onprogress({ loaded: 2, total: 0 });
  await settle();
  assert.deepEqual([one.progress.of(key), two.progress.of(key)], [0.5, 0.25]);
  answer({ id: 9 });
  await settle();

  assert.equal(two.progress.of(key), 1);
});

test("an upload without progress for a minute is repeated, and a slow one is not", async (t) => {
  const { browser, server, store, join, keys } = await open(t);
  const tab = await join();
  server.hold(UPLOADS);
  await send(tab, {});
  const [upload] = browser.XMLHttpRequest.opened;
  await browser.pass(50_000);
  upload.upload.onprogress({ loaded: 1, total: 4 });
  await browser.pass(50_000);
  assert.equal(keys().length, 1);

  server.on(UPLOADS, store);
  await browser.pass(20_000);

  assert.deepEqual([keys().length, tab.outbox.size], [2, 0]);
});

test("the first message of a conversation can have photos", async (t) => {
  const { server, join } = await open(t);
  const tab = await join();
  server.on(START, ({ body }) => ({ conversation_id: 7, message: makeMessage(101, body) }));

  await send(tab, { conversation_id: null, trainee_id: BOB.id });

  assert.deepEqual(server.asked(START).map(({ trainee_id, uploads }) => [trainee_id, uploads]), [[BOB.id, [50]]]);
});

test("nothing is uploaded under the account of a later sign-in", async (t) => {
  const { browser, server, join, keys } = await open(t);
  const tab = await join();
  tab.session.setUser(BOB);
  browser.server.on("POST /api/auth/jwt/refresh/", { access: makeToken(BOB.id) });
  const other = await startSession(browser.openTab(), ...NAMES);
  t.after(() => other.outbox.stop());
  await other.outbox.start(ALICE.id);

  await send(other, {});

  assert.deepEqual([keys(), sentTo(server)], [[], []]);
});

test("a stopped outbox aborts its upload and keeps the message", async (t) => {
  const { browser, server, join, keys } = await open(t);
  const tab = await join();
  server.hold(UPLOADS);
  const { client_id } = await send(tab, {});

  tab.outbox.stop();
  await browser.pass(60_000);

  assert.equal(keys().length, 1);
  assert.equal((await tab.account.db.get("photo_outbox", client_id)).state, "waiting");
});

test("a page that gets no lock retries after 5 s", async (t) => {
  const { browser, join, keys } = await open(t);
  const tab = await join();
  const { locks } = browser.navigator;
  browser.navigator.locks = { request: () => Promise.reject(new DOMException("No.", "InvalidStateError")) };
  await send(tab, {});
  await browser.pass(4_500);
  assert.deepEqual(keys(), []);

  browser.navigator.locks = locks;
  await browser.pass(500);

  assert.equal(keys().length, 1);
});

test("a message that the device cannot store is sent by its own tab only", async (t) => {
  const { join, server, keys } = await open(t);
  const [one, two] = [await join(), await join()];
  t.mock.method(IDBObjectStore.prototype, "put", () => {
    throw new DOMException("No space.", "QuotaExceededError");
  });
  const answer = server.hold(UPLOADS);

  await send(one, {});
  assert.deepEqual([one.outbox.isKept, two.outbox.size], [false, 0]);
  answer({ id: 9 });
  await settle();

  assert.deepEqual([keys().length, sentTo(server), one.outbox.size], [1, [["", [9]]], 0]);
});
