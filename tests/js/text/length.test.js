import assert from "node:assert/strict";
import { test } from "node:test";
import { codePoints, isSendable, trimmed } from "../../../web/static/web/text/length.js";

test("lengths are counted in code points, without outer whitespace", () => {
  const count = (text) => [codePoints(trimmed(text)), isSendable(text)];

  assert.deepEqual(count(""), [0, false]);
  assert.deepEqual(count("  \n "), [0, false]);
  assert.deepEqual(count("💪".repeat(2000)), [2000, true]);
  assert.deepEqual(count(` ${"é".repeat(2000)}\n`), [2000, true]);
  assert.deepEqual(count("💪".repeat(2001)), [2001, false]);
});

test("a lone surrogate becomes a replacement character, as JSON cannot hold it", () => {
  assert.equal(trimmed(" a\ud83d "), "a\ufffd");
});

test("direction control characters count like any other character", () => {
  assert.equal(codePoints("\u202bשלום\u202c"), 6);
});
