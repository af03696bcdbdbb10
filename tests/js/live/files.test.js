import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle, startSession } from "../browser/open.js";
import { ALICE, makeMessage } from "../browser/people.js";
import { json } from "../browser/server.js";

const UPLOADS = "POST /api/messaging/uploads/";
const NAMES = ["live/outbox.js", "live/account.js", "live/photos/draft.js", "live/photos/urls.js"];

async function open(t) {
  const browser = await openSignedIn(t);
  browser.server.on(UPLOADS, json({ id: 50 }, { status: 201 }));
  browser.server.on("POST /api/messaging/conversations/7/send/", ({ body }) => makeMessage(101, body));
  /** Open a tab with the photo draft of a conversation. */
  async function join() {
    const modules = await startSession(browser.openTab(), ...NAMES);
    t.after(() => modules.outbox.stop());
    await modules.outbox.start(ALICE.id);
    const draft = new modules.PhotoDraft(7);
    t.after(() => draft.close());
    await draft.load();
    return { ...modules, draft };
  }
  return { browser, join };
}

/** Have IndexedDB refuse Blobs, as WebKit's does in private windows. */
function refuseBlobs(t) {
  const { put } = IDBObjectStore.prototype;
  t.mock.method(IDBObjectStore.prototype, "put", function (value, ...key) {
    if (value?.blob) throw new DOMException("Blobs are not supported here.", "DataCloneError");
    return put.call(this, value, ...key);
  });
}

const photo = (name) => ({
  blob: new Blob([name], { type: "image/jpeg" }),
  name: `${name}.jpg`,
  width: 4,
  height: 3,
});

test("a photo stays on a device that stores no Blob, and is sent by another tab", async (t) => {
  const { browser, join } = await open(t);
  refuseBlobs(t);
  const first = await join();
  await first.draft.add(photo("one"));
  assert.equal(first.account.db.keeps("photos"), true);

  const { draft, findUrl, outbox } = await join();

  const [{ blob, key, name, width, height }] = draft.photos;
  assert.deepEqual([await blob.text(), blob.type], ["one", "image/jpeg"]);
  assert.deepEqual([name, width, height], ["one.jpg", 4, 3]);
  assert.match(await findUrl(key), /^blob:/);
  await outbox.add({ conversation_id: 7, content: "", photos: draft.take() });
  await settle();
  const [form] = browser.server.asked(UPLOADS);
  assert.equal(await form.get("file").text(), "one");
});

test("photos of a device without storage stay in the memory of their tab", async (t) => {
  const { join } = await open(t);
  t.mock.method(IDBObjectStore.prototype, "put", () => {
    throw new DOMException("The disk is full.", "QuotaExceededError");
  });
  t.mock.method(console, "warn", () => {});
  const { draft, account } = await join();

  await draft.add(photo("one"));

  assert.equal(account.db.keeps("photos"), false);
  await draft.load();
  assert.equal(await draft.photos[0].blob.text(), "one");
});
