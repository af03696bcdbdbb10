import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle, startSession } from "../browser/open.js";
import { ALICE, makeMessage } from "../browser/people.js";
import { json } from "../browser/server.js";

const NAMES = ["live/outbox.js", "live/account.js", "live/photos/draft.js", "live/photos/urls.js"];

async function open(t) {
  const browser = await openSignedIn(t);
  browser.server.on("POST /api/messaging/uploads/", json({ id: 50 }, { status: 201 }));
  browser.server.on("POST /api/messaging/conversations/7/send/", ({ body }) => makeMessage(101, body));
  /** Open a tab with the photo draft of a conversation. */
  async function join(name = 7) {
    const modules = await startSession(browser.openTab(), ...NAMES);
    t.after(() => modules.outbox.stop());
    await modules.outbox.start(ALICE.id);
    const draft = new modules.PhotoDraft(name);
    t.after(() => draft.close());
    await draft.load();
    return { ...modules, draft };
  }
  return { browser, join };
}

const photo = (name) => ({ blob: new Blob([name]), name: `${name}.jpg`, width: 4, height: 3 });
const names = ({ draft }) => draft.photos.map(({ name }) => name);

test("chosen photos stay in their order, for their conversation, until they are removed", async (t) => {
  const { join } = await open(t);
  const first = await join();
  for (const name of ["one", "two", "three"]) await first.draft.add(photo(name));
  assert.equal(first.draft.room, 7);
  await first.draft.remove(first.draft.photos[1].key);

  const [again, elsewhere] = [await join(), await join(8)];

  assert.deepEqual([names(again), names(elsewhere)], [["one.jpg", "three.jpg"], []]);
  assert.equal(await again.draft.photos[0].blob.text(), "one");
});

test("all tabs show the same photos, and none once they are queued", async (t) => {
  const { join } = await open(t);
  const [one, two] = [await join(), await join()];
  await one.draft.add(photo("one"));
  await settle();
  assert.deepEqual(names(two), ["one.jpg"]);

  await one.outbox.add({ conversation_id: 7, content: "", photos: one.draft.take() });
  await settle();

  assert.deepEqual([names(one), names(two), one.outbox.size], [[], [], 0]);
});

test("photos that wait in the outbox are not offered again", async (t) => {
  const { browser, join } = await open(t);
  browser.server.isReachable = false;
  const { draft, outbox } = await join();
  await draft.add(photo("one"));
  await outbox.add({ conversation_id: 7, content: "", photos: draft.take() });

  const next = await join();

  assert.deepEqual([names(next), next.outbox.size], [[], 1]);
});

test("a message that was not queued leaves its photos in the composer", async (t) => {
  const { join } = await open(t);
  const { draft } = await join();
  await draft.add(photo("one"));
  draft.take();
  assert.equal(draft.photos.length, 0);

  await draft.reload();

  assert.equal(draft.photos.length, 1);
});

test("photos move to the conversation that the first message has created", async (t) => {
  const { join } = await open(t);
  const { draft } = await join("trainee-2");
  await draft.add(photo("one"));

  await draft.move(7);

  assert.deepEqual([names(await join()), names(await join("trainee-2"))], [["one.jpg"], []]);
});

test("a restored page shows what another tab has changed", async (t) => {
  const { browser, join } = await open(t);
  const { account, draft } = await join();
  await draft.add(photo("one"));
  await account.db.delete("photos", draft.photos[0].key);

  browser.fire("pageshow", { persisted: true });
  await settle();

  assert.deepEqual(draft.photos, []);
});

// URLs of the files
// ------------------------------------------------------------------------------
function countUrls(t) {
  const revoked = t.mock.method(URL, "revokeObjectURL").mock;
  return () => revoked.calls.map(({ arguments: [url] }) => url);
}

test("a stored photo has one URL, even after its file was deleted", async (t) => {
  const { join } = await open(t);
  const { account, draft, findUrl } = await join();
  await draft.add(photo("one"));
  const [{ key }] = draft.photos;
  const url = await findUrl(key);

  await account.db.delete("photos", key);

  assert.match(url, /^blob:/);
  assert.deepEqual([await findUrl(key), await findUrl("unknown")], [url, null]);
});

test("URLs are released, at the latest when there are many newer ones", async (t) => {
  const { join } = await open(t);
  const { urlOf, release } = await join();
  const revoked = countUrls(t);
  const urls = Array.from({ length: 61 }, (_, number) => urlOf(`key ${number}`, new Blob(["x"])));
  assert.deepEqual(revoked(), [urls[0]]);

  release("key 5");
  release("unknown");

  assert.deepEqual(revoked(), [urls[0], urls[5]]);
});
