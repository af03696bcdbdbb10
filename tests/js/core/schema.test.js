import assert from "node:assert/strict";
import { test } from "node:test";
import { openDB } from "../../../web/static/web/vendor/idb.js";
import { openBrowser } from "../browser/open.js";

const load = (t) => openBrowser(t).load("core/schema.js");

function describe(db) {
  return Object.fromEntries([...db.objectStoreNames].map((name) => [name, db.transaction(name).store.keyPath]));
}

test("the steps create the stores that the client uses", async (t) => {
  const { STEPS, STORES, upgrade } = await load(t);

  const db = await openDB("new", STEPS.length, { upgrade });

  assert.deepEqual(describe(db), STORES);
  db.close();
});

test("each earlier version is upgraded to the same schema", async (t) => {
  const { STEPS, STORES, upgrade } = await load(t);
  STEPS.push(
    (db) => db.createObjectStore("first"),
    (_db, transaction) => transaction.objectStore("first").createIndex("by_name", "name"),
  );

  for (const version of STEPS.keys()) {
    (await openDB(`from-${version}`, version + 1, { upgrade })).close();
    const db = await openDB(`from-${version}`, STEPS.length, { upgrade });

    assert.deepEqual(describe(db), { ...STORES, first: null });
    assert.deepEqual([...db.transaction("first").store.indexNames], ["by_name"]);
    db.close();
  }
});
