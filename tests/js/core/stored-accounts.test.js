import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser } from "../browser/open.js";

const USER = 5;
const OTHER = 6;

async function start(t) {
  const browser = openBrowser(t);
  browser.localStorage.setItem("me", JSON.stringify({ id: USER }));
  const { Database, ...more } = await browser.load("core/database.js", "core/stored-accounts.js");
  const open = (...all) => new Database(...all);
  return { open, ...more };
}

async function names() {
  return (await indexedDB.databases()).map(({ name }) => name);
}

test("what the server has sent is deleted, and what the user wrote stays", async (t) => {
  const { open, deleteReceived } = await start(t);
  const db = open(USER);
  await db.put("threads", { id: 7 });
  await db.put("kv", "list", "inbox");
  await db.put("drafts", "text", "7");
  await db.close();

  await deleteReceived(USER);

  const again = open(USER);
  assert.deepEqual(await again.keys("threads"), []);
  assert.equal(await again.get("kv", "inbox"), undefined);
  assert.equal(await again.get("drafts", "7"), "text");
  await again.close();
});

test("a sign-out deletes everything of its user, and nothing of others", async (t) => {
  const { open, deleteDatabase } = await start(t);
  for (const user of [USER, OTHER]) {
    const db = open(user);
    await db.put("drafts", "text", "7");
    await db.close();
  }

  await deleteDatabase(USER);

  assert.deepEqual(await names(), [`messaging-${OTHER}`]);
});

test("a sign-in deletes everything of others, but no database of another page", async (t) => {
  const { open, deleteOthers } = await start(t);
  for (const user of [USER, OTHER]) {
    const db = open(user);
    await db.put("drafts", "text", "7");
    await db.close();
  }
  await new Promise((done) => (indexedDB.open("elsewhere", 1).onsuccess = ({ target }) => done(target.result.close())));

  await deleteOthers(USER);

  assert.deepEqual((await names()).sort(), ["elsewhere", `messaging-${USER}`]);
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
