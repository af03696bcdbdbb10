import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, openImpersonation, openSignedIn } from "../browser/open.js";
import { BOB } from "../browser/people.js";

test("without a user there is no key, and the database stores nothing", async (t) => {
  const { load } = openBrowser(t);
  const { account } = await load("live/account.js");

  assert.deepEqual([account.key, account.userId, account.isReadOnly], [null, null, false]);
  await account.db.put("kv", 1, "x");
  assert.deepEqual(await indexedDB.databases(), []);
});

test("each user has their own database", async (t) => {
  const { load, session } = await openSignedIn(t);
  const { account } = await load("live/account.js");

  const { db } = account;
  assert.deepEqual([account.key, account.userId, account.db === db], ["1", 1, true]);
  await db.put("kv", "Alice's", "x");
  session.setUser(BOB);

  assert.deepEqual([account.key, account.db === db], ["2", false]);
  assert.equal(await account.db.get("kv", "x"), undefined);
});

test("a closed account reopens its database", async (t) => {
  const { load } = await openSignedIn(t);
  const { account } = await load("live/account.js");
  const { db } = account;
  await db.put("kv", 1, "x");

  account.close();
  account.close();

  assert.notEqual(account.db, db);
  assert.equal(await account.db.get("kv", "x"), 1);
});

test("impersonation is read-only, shares nothing and stores nothing", async (t) => {
  const { load } = await openImpersonation(t);
  const { account } = await load("live/account.js");

  assert.deepEqual([account.userId, account.isReadOnly, account.isShared], [BOB.id, true, false]);
  assert.notEqual(account.key, String(BOB.id));
  await account.db.put("kv", 1, "x");
  assert.deepEqual(await indexedDB.databases(), []);
});
