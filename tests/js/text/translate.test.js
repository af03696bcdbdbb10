import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseLanguage, language, locale, parts, t } from "../../../web/static/web/text/translate.js";

test("the language is the first one of the reader that there is", () => {
  assert.equal(chooseLanguage(["de-AT", "en-US"], ["de", "fr"]), "de");
  assert.equal(chooseLanguage(["pt", "fr"], ["de", "fr"]), "fr");
  assert.equal(chooseLanguage(["en-GB", "de"], ["de"]), "en");
  for (const wanted of [["pt"], [], [undefined]]) {
    assert.equal(chooseLanguage(wanted, ["de"]), "en");
  }
});

test("a reader whose language is not there reads English", () => {
  assert.deepEqual([language, locale], ["en", "en-US"]);
});

test("texts have their parameters and plural forms", () => {
  assert.equal(t("trainees.count", { count: 0 }), "0 trainees");
  assert.equal(t("trainees.count", { count: 1 }), "1 trainee");
  assert.equal(t("trainees.count", { count: 1234 }), "1,234 trainees");
  assert.equal(t("trainee.messageTo", { name: "{name} $1" }), "Message {name} $1");
  assert.equal(t("badge.unread", { count: "99+" }), "99+ unread");
});

test("a parameter that is no text stays what it is, for a template", () => {
  const name = { isTemplate: true };

  assert.equal(parts("trainee.messageTo", { name })[1], name);
});
