import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, language, locale, parts, t } from "../../../web/static/web/text/translate.js";

test("the language is the user's first one that is supported", () => {
  assert.equal(chooseLanguage(["de-AT", "en-US"], ["de", "fr"]), "de");
  assert.equal(chooseLanguage(["pt", "fr"], ["de", "fr"]), "fr");
  assert.equal(chooseLanguage(["en-GB", "de"], ["de"]), "en");
  for (const wanted of [["pt"], [], [undefined]]) {
    assert.equal(chooseLanguage(wanted, ["de"]), "en");
  }
});

test("English is used if none of the user's languages is supported", () => {
  assert.deepEqual([language, locale], ["en", "en-US"]);
});

test("texts are formatted with parameters and plural forms", () => {
  assert.equal(t("history.newCount", { count: 0 }), "0 new messages");
  assert.equal(t("history.newCount", { count: 1 }), "1 new message");
  assert.equal(t("history.newCount", { count: 1234 }), "1,234 new messages");
  assert.equal(t("conversation.log", { name: "{name} $1" }), "Messages with {name} $1");
  assert.equal(t("badge.unread", { count: "99+" }), "99+ unread");
});

test("a parameter that is not a string is kept as it is, for templates", () => {
  const name = { isTemplate: true };

  assert.equal(parts("conversation.log", { name })[1], name);
});
