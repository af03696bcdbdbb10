import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser, settle } from "../browser/open.js";

const USER = 5;

async function start(t) {
  const browser = openBrowser(t);
  browser.localStorage.setItem("me", JSON.stringify({ id: USER }));
  const { deleteDatabase: forget, Database, ...more } = await browser.load("core/database.js");
  const open = (...all) => new Database(...all);
  return { browser, forget, open, ...more };
}

/** Every kind of database behaves the same. */
const KINDS = {
  "on the device": {},
  "in memory, as while impersonating": { persistent: false },
};

for (const [kind, options] of Object.entries(KINDS)) {
  test(`rows are put, replaced and deleted ${kind}`, async (t) => {
    const { open } = await start(t);
    const db = open(USER, options);

    await db.put("threads", { id: 7, version: 1 });
    await db.put("drafts", "text", "7 b");
    await db.put("drafts", "text", "7 a");
    await db.replace("threads", { id: 7, version: 2 });
    await db.replace("threads", { id: 8, version: 1 });
    await db.delete("drafts", "7 b");

    assert.deepEqual(await db.getAll("threads"), [{ id: 7, version: 2 }]);
    assert.deepEqual(await db.keys("drafts"), ["7 a"]);
    assert.equal(await db.get("drafts", "7 a"), "text");
    assert.equal(await db.get("drafts", "7 c"), undefined);
    await db.close();
  });
}

test("keys are ascending in IndexedDB", async (t) => {
  const { open } = await start(t);
  const db = open(USER);

  for (const key of ["b", "a", "c"]) await db.put("drafts", key, key);

  assert.deepEqual(await db.keys("drafts"), ["a", "b", "c"]);
});

test("rows are stored for the next page, per user", async (t) => {
  const { browser, open } = await start(t);
  await open(USER).put("kv", "value", "key");
  const next = await browser.openTab()("core/database.js");

  assert.equal(await new next.Database(USER).get("kv", "key"), "value");
  assert.equal(await new next.Database(6).get("kv", "key"), undefined);
});

test("rows in memory are lost with the page and never stored", async (t) => {
  const { open } = await start(t);
  await open(USER, { persistent: false }).put("kv", "value", "key");

  assert.equal(await open(USER).get("kv", "key"), undefined);
});

test("rows are in memory without IndexedDB", async (t) => {
  const { open, forget } = await start(t);
  setGlobals({ indexedDB: undefined });
  const db = open(USER);

  await db.put("kv", "value", "key");

  assert.equal(await db.get("kv", "key"), "value");
  await forget(USER);
});

test("rows are in memory if IndexedDB is refused, as in private windows", async (t) => {
  const { open } = await start(t);
  indexedDB.open = () => {
    throw new DOMException("No.", "SecurityError");
  };
  const db = open(USER);

  await db.put("kv", "value", "key");

  assert.equal(await db.get("kv", "key"), "value");
});

/** Have a suspended tab block the deletion of the database; return a function that resumes it. */
async function holdUp() {
  const { promise, resolve } = Promise.withResolvers();
  indexedDB.open(`messaging-${USER}`, 1).onsuccess = ({ target }) => resolve(target.result);
  const db = await promise;
  db.onversionchange = () => {};
  indexedDB.deleteDatabase(`messaging-${USER}`);
  return () => db.close();
}

test("rows are in memory after 3 s without a database, and stored as soon as it opens", async (t) => {
  const { browser, open } = await start(t);
  const wake = await holdUp();
  const db = open(USER);
  const opened = t.mock.fn();
  db.addEventListener("opened", opened);
  let isKept = false;

  db.put("kv", "value", "key").then(() => (isKept = true));
  await browser.pass(2_500);
  assert.equal(isKept, false);
  await browser.pass(500);
  await db.put("threads", { id: 7 });
  assert.deepEqual([await db.get("kv", "key"), opened.mock.callCount()], ["value", 0]);
  wake();
  await browser.pass(500);

  assert.equal(opened.mock.callCount(), 1);
  const next = open(USER);
  assert.deepEqual([await next.get("kv", "key"), await next.getAll("threads")], ["value", [{ id: 7 }]]);
});

test("a database that opens after close() is closed without writes", async (t) => {
  const { browser, open } = await start(t);
  const wake = await holdUp();
  const db = open(USER);
  db.put("kv", "value", "key");
  await browser.pass(3_000);

  await db.close();
  wake();
  await browser.pass(500);

  assert.equal(await open(USER).get("kv", "key"), undefined);
});

test("a refused database is opened again every 30 s until close()", async (t) => {
  const { browser, open } = await start(t);
  const { open: openForReal } = IDBFactory.prototype;
  const refuse = t.mock.fn(() => {
    throw new DOMException("No.", "UnknownError");
  });
  indexedDB.open = refuse;
  const [db, closed] = [open(USER), open(6)];
  await db.put("kv", "value", "key");
  await closed.close();
  const { length } = refuse.mock.calls;
  await browser.pass(29_500);
  assert.equal(refuse.mock.callCount(), length);
  await browser.pass(500);
  assert.equal(refuse.mock.callCount(), length + 2);

  indexedDB.open = openForReal;
  await browser.pass(30_500);

  assert.equal(await open(USER).get("kv", "key"), "value");
});

test("a database of a later version can be used", async (t) => {
  const { open } = await start(t);
  const { promise, resolve } = Promise.withResolvers();
  const request = indexedDB.open(`messaging-${USER}`, 99);
  request.onupgradeneeded = () => request.result.createObjectStore("kv").put("newer", "key");
  request.onsuccess = () => resolve(request.result.close());
  await promise;

  assert.equal(await open(USER).get("kv", "key"), "newer");
});

test("an open database does not block its deletion by another tab", async (t) => {
  const { open, forget } = await start(t);
  const db = open(USER);
  await db.put("kv", "value", "key");

  await forget(USER);

  assert.deepEqual(await indexedDB.databases(), []);
});

test("a deleted database is created again if its user is signed in again", async (t) => {
  const { open, forget } = await start(t);
  const db = open(USER);
  await db.put("kv", "value", "key");
  await forget(USER);

  assert.equal(await db.get("kv", "key"), undefined);
  await Promise.all([db.put("kv", "new", "key"), db.put("kv", "other", "other key")]);

  assert.deepEqual(await db.getAll("kv"), ["new", "other"]);
});

test("a deleted database is not created again for another user, and writes do not fail", async (t) => {
  const { browser, open, forget } = await start(t);
  const warnings = t.mock.method(console, "warn", () => {});
  const db = open(USER);
  await db.put("kv", "value", "key");
  await forget(USER);
  browser.localStorage.setItem("me", JSON.stringify({ id: 6 }));

  await db.put("kv", "new", "key");

  assert.deepEqual([await db.get("kv", "key"), await db.getAll("kv"), await db.keys("kv")], [undefined, [], []]);
  assert.equal(warnings.mock.callCount(), 4);
});

test("a failed write does not throw", async (t) => {
  const { open } = await start(t);
  const warnings = t.mock.method(console, "warn", () => {});
  const db = open(USER);

  await db.put("threads", { version: 1 });
  await db.put("threads", { id: 8 });
  await settle();

  assert.deepEqual(await db.keys("threads"), [8]);
  assert.equal(warnings.mock.callCount(), 1);
});

test("a database that cannot be emptied is deleted", async (t) => {
  const { open, deleteReceived } = await start(t);
  const db = open(USER);
  await db.put("threads", { id: 7 });
  await db.close();
  const transaction = t.mock.method(IDBDatabase.prototype, "transaction", () => {
    throw new DOMException("Lost.", "UnknownError");
  });

  await deleteReceived(USER);
  transaction.mock.restore();

  assert.deepEqual(await indexedDB.databases(), []);
});

test("without IndexedDB there is nothing to delete", async (t) => {
  const { deleteReceived, deleteOthers } = await start(t);
  setGlobals({ indexedDB: undefined });

  await deleteReceived(USER);
  await deleteOthers(USER);
});

test("a lost connection, as in WebKit, is opened again", async (t) => {
  const { open } = await start(t);
  const db = open(USER);
  await db.put("kv", "value", "key");
  const { transaction } = IDBDatabase.prototype;
  let failures = 1;
  t.mock.method(IDBDatabase.prototype, "transaction", function (...all) {
    if (failures-- > 0) throw new DOMException("Connection lost.", "UnknownError");
    return transaction.apply(this, all);
  });

  await db.put("kv", "next", "key");

  assert.equal(await db.get("kv", "key"), "next");
});
