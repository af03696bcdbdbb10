import assert from "node:assert/strict";
import { test } from "node:test";
import { fullName, hue, initials, nameInSentence } from "../../../web/static/web/text/names.js";

const person = (id, first_name, last_name, email) => ({ id, first_name, last_name, email });

const NAMES = [
  [person(1, "Tina", "Torres"), "Tina Torres", "TT", 1],
  [person(14, "émile", ""), "émile", "É", 2],
  [person(3, "", "", "a@b.example"), "a@b.example", "A", 3],
  [person(0, "[removed]", "", ""), "[removed]", "R", 0],
  [person(12, "💪🏽 Max", "岡本"), "💪🏽 Max 岡本", "💪🏽岡", 0],
  [person(4, "\u200b", "\u2060", "a@b.example"), "a@b.example", "A", 4],
  [person(5, "שרה", "כהן"), "שרה כהן", "שכ", 5],
  [person(6, "...", "!"), "... !", "?", 6],
  [null, "Someone", "?", 0],
];

for (const [who, name, letters, colour] of NAMES) {
  test(`name, initials and colour of ${name}`, () => {
    assert.deepEqual([fullName(who), initials(who), hue(who)], [name, letters, colour]);
  });
}

test("a browser without Segmenter shows the same initials", (t) => {
  const { Segmenter } = Intl;
  t.after(() => Object.assign(Intl, { Segmenter }));
  delete Intl.Segmenter;

  const shown = NAMES.map(([who]) => initials(who));

  assert.deepEqual(shown, NAMES.map(([, , letters]) => letters));
});

test("the initial of ivan has no dot on a Turkish device", () => {
  assert.equal(initials(person(1, "ivan", "")), "I");
});

test("a right-to-left name does not turn the sentence around it", () => {
  const names = [person(1, "Bob", "Baker"), person(2, "Noa\u202e", ""), person(3, "שרה\u2069", "כהן")];
  assert.deepEqual(names.map(nameInSentence), ["Bob Baker", "Noa", "\u2068שרה כהן\u2069"]);
});
