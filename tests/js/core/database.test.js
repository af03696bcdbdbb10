import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser, settle } from "../browser/open.js";

const USER = 5;

async function start(t) {
  const browser = openBrowser(t);
  browser.localStorage.setItem("me", JSON.stringify({ id: USER }));
  const { deleteDatabase: forget, Database, ...more } = await browser.load("core/database.js", "core/stored-accounts.js");
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
  assert.equal(db.keeps("threads"), false);
  wake();
  await browser.pass(500);

  assert.deepEqual([opened.mock.callCount(), db.keeps("threads")], [1, true]);
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

// Rows that the device refuses
// ------------------------------------------------------------------------------
/** Have writes fail until the returned function is called. */
function fillDisk(t) {
  const put = t.mock.method(IDBObjectStore.prototype, "put", () => {
    throw new DOMException("Full.", "QuotaExceededError");
  });
  t.mock.method(console, "warn", () => {});
  return () => put.mock.restore();
}

test("rows that do not fit on the device are in memory until they fit", async (t) => {
  const { browser, open } = await start(t);
  const db = open(USER);
  await db.put("drafts", "stored", "7 a");
  const kept = t.mock.fn();
  db.addEventListener("kept", kept);
  const free = fillDisk(t);
  assert.equal(db.keeps("outbox"), true);

  await db.put("outbox", { client_id: "a", state: "waiting" });
  await db.put("drafts", "changed", "7 a");
  await db.put("drafts", "new", "7 b");
  await db.replace("outbox", { client_id: "a", state: "failed" });
  assert.deepEqual([db.keeps("outbox"), db.keeps("threads")], [false, true]);
  assert.ok(kept.mock.callCount() > 0);
  assert.deepEqual(await db.getAll("outbox"), [{ client_id: "a", state: "failed" }]);
  assert.deepEqual([await db.keys("drafts"), await db.get("drafts", "7 a")], [["7 a", "7 b"], "changed"]);
  await browser.pass(30_000);
  assert.equal(db.keeps("outbox"), false);
  await db.delete("drafts", "7 b");
  free();
  await browser.pass(30_000);

  assert.equal(db.keeps("outbox"), true);
  const next = open(USER);
  assert.deepEqual(await next.getAll("outbox"), [{ client_id: "a", state: "failed" }]);
  assert.deepEqual([await next.keys("drafts"), await next.get("drafts", "7 a")], [["7 a"], "changed"]);
});

test("the next row that fits lets all others be stored", async (t) => {
  const { open } = await start(t);
  const db = open(USER);
  const free = fillDisk(t);
  await Promise.all([db.put("outbox", { client_id: "a" }), db.put("kv", "value", "key")]);
  free();

  await db.put("outbox", { client_id: "b" });
  await settle();

  assert.deepEqual([db.keeps("outbox"), db.keeps("kv")], [true, true]);
  const next = open(USER);
  assert.deepEqual([await next.keys("outbox"), await next.get("kv", "key")], [["a", "b"], "value"]);
});

test("a row that changes while older rows are being stored is stored as it is last", async (t) => {
  const { open } = await start(t);
  const db = open(USER);
  const free = fillDisk(t);
  await Promise.all([db.put("kv", "value", "first"), db.put("kv", "older", "second")]);
  free();

  await db.put("kv", "value", "third");
  await db.put("kv", "newer", "second");
  await settle();

  assert.equal(await db.get("kv", "second"), "newer");
  assert.equal(await open(USER).get("kv", "second"), "newer");
});

test("an older row that did not fit never replaces a newer one that did", async (t) => {
  const { open } = await start(t);
  const db = open(USER);
  t.mock.method(console, "warn", () => {});
  const { put } = IDBObjectStore.prototype;
  t.mock.method(IDBObjectStore.prototype, "put", function (value, ...key) {
    if (value === "older") throw new DOMException("Full.", "QuotaExceededError");
    return put.call(this, value, ...key);
  });

  await Promise.all([db.put("kv", "older", "key"), db.put("kv", "newer", "key")]);
  await settle();

  assert.equal(await db.get("kv", "key"), "newer");
  assert.equal(await open(USER).get("kv", "key"), "newer");
});

test("rows of a user who has left are neither kept nor stored", async (t) => {
  const { browser, open } = await start(t);
  const db = open(USER);
  const free = fillDisk(t);
  await db.put("kv", "value", "key");
  browser.localStorage.setItem("me", JSON.stringify({ id: 6 }));
  await db.put("kv", "value", "other key");
  assert.equal(await db.get("kv", "other key"), undefined);

  await db.close();
  free();
  await browser.pass(60_000);

  assert.deepEqual(await open(USER).keys("kv"), []);
});

test("a connection that stays lost keeps rows in memory, and works again without a reload", async (t) => {
  const { browser, open } = await start(t);
  t.mock.method(console, "warn", () => {});
  const db = open(USER);
  await db.put("kv", "stored", "key");
  const lost = t.mock.method(IDBDatabase.prototype, "transaction", () => {
    throw new DOMException("Connection lost.", "UnknownError");
  });

  await db.put("outbox", { client_id: "a" });
  assert.deepEqual(await db.getAll("outbox"), [{ client_id: "a" }]);
  assert.equal(db.keeps("outbox"), false);
  lost.mock.restore();
  await browser.pass(30_000);

  assert.equal(db.keeps("outbox"), true);
  assert.deepEqual(await open(USER).keys("outbox"), ["a"]);
  assert.equal(await db.get("kv", "key"), "stored");
});

test("nothing is kept while IndexedDB is refused, and it is said so", async (t) => {
  const { open } = await start(t);
  const { open: openForReal } = IDBFactory.prototype;
  indexedDB.open = () => {
    throw new DOMException("No.", "SecurityError");
  };
  const refused = open(USER);
  await refused.keys("outbox");
  setGlobals({ indexedDB: undefined });
  const lacking = open(USER);

  assert.deepEqual([refused.keeps("outbox"), lacking.keeps("outbox")], [false, false]);
  await lacking.replace("outbox", { client_id: "a" });
  assert.deepEqual(await lacking.getAll("outbox"), []);
  IDBFactory.prototype.open = openForReal;
});
