import assert from "node:assert/strict";
import { test } from "node:test";
import { isTypeable, normalizeTyped } from "../../../web/static/web/text/typeable.js";

const TYPED = {
  "Zoë O’Brien-Łukasz": "zoeobrienlukasz",
  "Straße 12": "strasse12",
  "Ærø, Œuvre, Đorđe": "aerooeuvredorde",
  "ılık İzmir": "ilikizmir",
  "\u200bＦＵＬＬ 💪": "full",
  "💪 \u2060": "",
};

for (const [words, expected] of Object.entries(TYPED)) {
  test(`the typed form of ${JSON.stringify(words)}`, () => {
    assert.equal(normalizeTyped(words), expected);
  });
}

test("a name of Latin letters is typeable on every keyboard", () => {
  assert.deepEqual(["Zoë", "O'Brien 2", "岡本", "שרה", "💪", ""].map(isTypeable), [
    true, true, false, false, false, false,
  ]);
});
