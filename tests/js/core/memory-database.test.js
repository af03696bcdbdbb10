import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDatabase } from "../../../web/static/web/core/memory-database.js";

const make = () => new MemoryDatabase({ kv: null, threads: "id" });

test("a row is stored under its key path or the given key", async () => {
  const db = make();
  db.transaction("threads").store.put({ id: 7, text: "a" });
  db.transaction("threads").store.put({ id: 7, text: "b" });
  db.transaction("kv").store.put("value", "key");

  assert.deepEqual(await db.get("threads", 7), { id: 7, text: "b" });
  assert.equal(await db.get("threads", "7"), undefined);
  assert.equal(await db.get("kv", "key"), "value");
  assert.deepEqual(await db.getAllKeys("threads"), [7]);
});

test("rows are copied on write, and deleted rows are gone", async () => {
  const db = make();
  const row = { id: 7, list: [1] };
  const { store, done, commit } = db.transaction("threads");

  store.put(row);
  commit();
  await done;
  row.list.push(2);
  assert.deepEqual(await db.getAll("threads"), [{ id: 7, list: [1] }]);
  store.delete(7);
  store.delete(8);
  db.close();

  assert.deepEqual(await db.getAll("threads"), []);
});
