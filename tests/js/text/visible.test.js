import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hasVisible, isSendable, trimmed } from "../../../web/static/web/text/length.js";

// The server is tested against the same table.
const TABLE = JSON.parse(readFileSync(new URL("../../text/code-points.json", import.meta.url)));
const MAX = 0x10ffff;

/** Return the ranges [first, last] of the code points that match. */
function rangesOf(matches) {
  const ranges = [];
  for (let code = 0; code <= MAX; code++) {
    if (!matches(String.fromCodePoint(code))) continue;
    if (ranges.at(-1)?.[1] === code - 1) ranges.at(-1)[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

test("each code point is as visible as for the server", () => {
  assert.deepEqual(rangesOf((each) => !hasVisible(each)), TABLE.invisible);
});

test("each code point is stripped as by the server", () => {
  assert.deepEqual(rangesOf((each) => each !== "\0" && trimmed(`a${each}`) === "a"), TABLE.stripped);
});

test("a text needs a visible character", () => {
  const texts = ["\u0085", "\u200b", "\u2800 \u3164", "\0", "\ufe0f", "a\u200b", "💪"];
  assert.deepEqual(texts.map(isSendable), [false, false, false, false, false, true, true]);
});

test("a text is sent composed, unless only that form is too long", () => {
  assert.equal(trimmed("\u0085Jose\u0301\0 "), "José");
  assert.equal(trimmed("\u0958"), "\u0915\u093c");
  assert.equal(trimmed("\u0958".repeat(2000)), "\u0958".repeat(2000));
  assert.ok(isSendable("e\u0301".repeat(2000)));
});
