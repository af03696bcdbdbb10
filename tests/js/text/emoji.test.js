import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmoji, isFewEmoji } from "../../../web/static/web/text/emoji.js";

const EMOJI = ["👍", "👍🏽", "❤️", "☝🏽", "🇩🇪", "1️⃣", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🤷🏾‍♀️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "😀"];
const NOT_ONE = ["", " ", "a", "1", "#", "©", "👍👍", "🇩", "👍 ", "👍a", "❤", "\u200d"];

test("one emoji is a whole grapheme", () => {
  assert.deepEqual(EMOJI.filter((each) => !isEmoji(each)), []);
  assert.deepEqual(NOT_ONE.filter(isEmoji), []);
});

test("one to three emoji are few", () => {
  const few = ["👍", "👍 👍", " 🇩🇪🇫🇷\n🇨🇭 ", "👩‍👩‍👧‍👦❤️👍🏽"];
  const more = ["", "👍👍👍👍", "🇩🇪🇫🇷🇨🇭🇦🇹", "ok 👍", "👍!", "123"];

  assert.deepEqual(few.filter((each) => !isFewEmoji(each)), []);
  assert.deepEqual(more.filter(isFewEmoji), []);
});

test("a long text is judged quickly", () => {
  assert.equal(isFewEmoji(`${"1️⃣ ".repeat(2000)}x`), false);
});
