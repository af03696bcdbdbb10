import assert from "node:assert/strict";
import { test } from "node:test";
import { excerpt, hasWords, markWords, wordsOf } from "../../../web/static/web/text/marking.js";

/** Mark the words of a query in a text with brackets. */
function mark(text, query) {
  const pieces = markWords(text, wordsOf(query));
  assert.equal(pieces.map((each) => each.text).join(""), text);
  return pieces.map(({ text: part, isMarked }) => (isMarked ? `[${part}]` : part)).join("");
}

for (const [text, query, marked] of [
  ["Nice and easy", "easy", "Nice and [easy]"],
  ["JOSÉ and Jose\u0301 and jose", "josé", "[JOSÉ] and [Jose\u0301] and [jose]"],
  ["Zoë squats", "ZOE", "[Zoë] squats"],
  ["Straße, Łódź, Ærø", "strasse lodz aero", "[Straße], [Łódź], [Ærø]"],
  ["squatting", "quat", "s[quat]ting"],
  ["one two one", "two one", "[one] [two] [one]"],
  ["aaaa", "aa", "[aaaa]"],
  ["well-done it’s", "it's well\u2010done", "[well-done] [it’s]"],
  ["leg day, day leg", "\u201cday leg\u201d", "leg day, [day leg]"],
  ["100 % of a_b", "% _", "100 [%] of a[_]b"],
  ["go 👍🏽 go 💪", "💪", "go 👍🏽 go [💪]"],
  ["İstanbul ve ısı", "istanbul isi", "[İstanbul] ve [ısı]"],
  ["ﬁne", "fi", "[ﬁ]ne"],
  ["день добрый", "ДЕНЬ", "[день] добрый"],
  ["nothing", "x", "nothing"],
  ["nothing", " ", "nothing"],
  ["<b>bold</b>", "b", "<[b]>[b]old</[b]>"],
]) {
  test(`${JSON.stringify(query)} in ${JSON.stringify(text)}`, () => {
    assert.equal(mark(text, query), marked);
  });
}

test("a text has words if it has all of them", () => {
  assert.equal(hasWords("Zoë Müller", wordsOf("mul zoe")), true);
  assert.equal(hasWords("Zoë Müller", wordsOf("mul bob")), false);
  assert.equal(hasWords("Zoë Müller", []), true);
});

test("an excerpt starts just before the first marked word, and is on one line", () => {
  const long = `${"word ".repeat(30)}needle\n\nand more`;

  assert.equal(excerpt("a\nneedle ", wordsOf("needle")), "a needle");
  assert.equal(excerpt(long, wordsOf("needle")), `…${"word ".repeat(7)}needle and more`);
  assert.equal(excerpt(long, wordsOf("word")).slice(0, 9), "word word");
  assert.equal(excerpt(`${"x".repeat(90)}needle`, wordsOf("needle")), "…needle");
  assert.equal(excerpt(long, wordsOf("elsewhere")).slice(0, 9), "word word");
});
