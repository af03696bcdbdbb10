import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser, settle } from "../browser/open.js";

const USER = 5;

async function start(t) {
  const browser = openBrowser(t);
  browser.localStorage.setItem("me", JSON.stringify({ id: USER }));
  const { deleteDatabase: forget, Database } = await browser.load("core/database.js");
  const open = (...all) => new Database(...all);
  return { browser, forget, open };
}

/** Every kind of database behaves the same towards its users. */
const KINDS = {
  "on the device": {},
  "in memory, as for a look through an account": { persistent: false },
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

test("keys are ascending on the device", async (t) => {
  const { open } = await start(t);
  const db = open(USER);

  for (const key of ["b", "a", "c"]) await db.put("drafts", key, key);

  assert.deepEqual(await db.keys("drafts"), ["a", "b", "c"]);
});

test("what is kept is there for the next page, and for its user alone", async (t) => {
  const { browser, open } = await start(t);
  await open(USER).put("kv", "value", "key");
  const next = await browser.openTab()("core/database.js");

  assert.equal(await new next.Database(USER).get("kv", "key"), "value");
  assert.equal(await new next.Database(6).get("kv", "key"), undefined);
});

test("what is held in memory is gone with its page, and hidden from the device", async (t) => {
  const { open } = await start(t);
  await open(USER, { persistent: false }).put("kv", "value", "key");

  assert.equal(await open(USER).get("kv", "key"), undefined);
});

test("a browser without a database keeps things in memory", async (t) => {
  const { open, forget } = await start(t);
  setGlobals({ indexedDB: undefined });
  const db = open(USER);

  await db.put("kv", "value", "key");

  assert.equal(await db.get("kv", "key"), "value");
  await forget(USER);
});

test("a browser that refuses one, as private windows do, keeps things in memory", async (t) => {
  const { open } = await start(t);
  indexedDB.open = () => {
    throw new DOMException("No.", "SecurityError");
  };
  const db = open(USER);

  await db.put("kv", "value", "key");

  assert.equal(await db.get("kv", "key"), "value");
});

/** Have a tab that sleeps keep the database from being deleted; returns how it wakes up. */
async function holdUp() {
  const { promise, resolve } = Promise.withResolvers();
  indexedDB.open(`messaging-${USER}`, 1).onsuccess = ({ target }) => resolve(target.result);
  const db = await promise;
  db.onversionchange = () => {};
  indexedDB.deleteDatabase(`messaging-${USER}`);
  return () => db.close();
}

test("rows are in memory after 3 s without a database, and on the device as soon as it opens", async (t) => {
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

test("a database that opens after its user has closed it is closed, and nothing is written", async (t) => {
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

test("a database that was refused is tried again every 30 s, until it is closed", async (t) => {
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

test("a database of a later version of the client serves this one, too", async (t) => {
  const { open } = await start(t);
  const { promise, resolve } = Promise.withResolvers();
  const request = indexedDB.open(`messaging-${USER}`, 99);
  request.onupgradeneeded = () => request.result.createObjectStore("kv").put("newer", "key");
  request.onsuccess = () => resolve(request.result.close());
  await promise;

  assert.equal(await open(USER).get("kv", "key"), "newer");
});

test("a tab that has the database open lets another delete it", async (t) => {
  const { open, forget } = await start(t);
  const db = open(USER);
  await db.put("kv", "value", "key");

  await forget(USER);

  assert.deepEqual(await indexedDB.databases(), []);
});

test("its owner, signed in again, has it anew in a tab whose database was deleted", async (t) => {
  const { open, forget } = await start(t);
  const db = open(USER);
  await db.put("kv", "value", "key");
  await forget(USER);

  assert.equal(await db.get("kv", "key"), undefined);
  await Promise.all([db.put("kv", "new", "key"), db.put("kv", "other", "other key")]);

  assert.deepEqual(await db.getAll("kv"), ["new", "other"]);
});

test("nobody else has it anew: nothing is kept, and nothing fails", async (t) => {
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

test("a row that cannot be stored stops nothing", async (t) => {
  const { open } = await start(t);
  const warnings = t.mock.method(console, "warn", () => {});
  const db = open(USER);

  await db.put("threads", { version: 1 });
  await db.put("threads", { id: 8 });
  await settle();

  assert.deepEqual(await db.keys("threads"), [8]);
  assert.equal(warnings.mock.callCount(), 1);
});
