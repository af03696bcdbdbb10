import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";

test("the texts of the settings are added once they are loaded", async (t) => {
  const { load } = await openBrowser(t);
  const { texts } = await load("text/en.js");
  const before = texts["theme.dark"];

  await load("text/later.js");

  const { t: translate } = await load("text/translate.js");
  assert.deepEqual([before, translate("theme.dark")], [undefined, "Dark"]);
});
