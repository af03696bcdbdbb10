import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";

async function make(t) {
  const { UnsavedRows } = await openBrowser(t).load("core/unsaved-rows.js");
  return new UnsavedRows();
}

test("a row is kept under its key path or the given key, as a copy", async (t) => {
  const rows = await make(t);
  const row = { id: 7, list: [1] };

  rows.put("threads", row);
  rows.put("kv", "value", "key");
  rows.put("threads", { without: "a key" });
  row.list.push(2);

  assert.deepEqual(rows.get("threads", 7), { id: 7, list: [1] });
  assert.equal(rows.get("threads", "7"), undefined);
  assert.equal(rows.get("kv", "key"), "value");
  assert.deepEqual([rows.size, rows.has("threads"), rows.has("drafts")], [2, true, false]);
});

test("a row is replaced only if it is here, and forgotten once it is stored or deleted", async (t) => {
  const rows = await make(t);
  rows.put("threads", { id: 7, text: "a" });

  assert.equal(rows.replace("threads", { id: 7, text: "b" }), true);
  assert.equal(rows.replace("threads", { id: 8 }), false);
  assert.deepEqual(rows.get("threads", 7), { id: 7, text: "b" });
  rows.put("kv", "value", "key");
  rows.delete("kv", "key");
  rows.discard("threads", { id: 7 });

  assert.equal(rows.size, 0);
});

test("rows that are here come instead of the stored ones", async (t) => {
  const rows = await make(t);
  rows.put("threads", { id: 7, text: "here" });
  rows.put("drafts", "text", "b");

  const stored = [{ id: 7, text: "stored" }, { id: 8, text: "stored" }];
  assert.deepEqual(rows.addRows("threads", stored), [{ id: 8, text: "stored" }, { id: 7, text: "here" }]);
  assert.deepEqual(rows.addKeys("drafts", ["a", "b", "c"]), ["a", "b", "c"]);
  assert.deepEqual(rows.addKeys("drafts", ["c"]), ["b", "c"]);
});

test("rows are saved one by one until one fails", async (t) => {
  const rows = await make(t);
  rows.put("kv", "value", "key");
  rows.put("threads", { id: 7 });
  rows.put("threads", { id: 8 });
  const saved = [];

  await rows.save(async (...row) => saved.push(row) < 2);
  assert.deepEqual(saved, [["kv", "value", "key"], ["threads", { id: 7 }]]);
  assert.deepEqual([rows.size, rows.get("kv", "key")], [2, undefined]);
  await rows.save(async (_name, row) => {
    if (row.id === 7) rows.replace("threads", { id: 7, text: "newer" });
    return true;
  });

  assert.deepEqual(rows.addRows("threads", []), [{ id: 7, text: "newer" }]);
});
