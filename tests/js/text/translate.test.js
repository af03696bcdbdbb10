import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { MemoryStorage } from "../browser/storage.js";
import * as english from "../../../web/static/web/text/translate.js";

const { chooseLanguage, chooseLocale, language, locale, parts, t } = english;
const { navigator, localStorage } = globalThis;
let count = 0;

/** Load the module as a browser does whose user prefers `languages`, and is signed in as `me`. */
async function openIn(test, languages, me) {
  const storage = new MemoryStorage();
  if (me) storage.setItem("me", JSON.stringify(me));
  const root = { lang: "en", dir: "ltr" };
  const document = { documentElement: root };
  setGlobals({ navigator: { languages }, localStorage: storage, document });
  test.after(() => setGlobals({ navigator, localStorage, document: undefined }));
  count += 1;
  const found = await import(`../../../web/static/web/text/translate.js?language=${count}`);
  return { ...found, root };
}

test("the language is the user's first one that is supported", () => {
  assert.equal(chooseLanguage(["de-AT", "en-US"], ["de", "fr"]), "de");
  assert.equal(chooseLanguage(["pt", "fr"], ["de", "fr"]), "fr");
  assert.equal(chooseLanguage(["en-GB", "de"], ["de", "en"]), "en");
  assert.equal(chooseLanguage([null, "DE"], ["de", "en"]), "de");
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

test("a German browser gets German texts, plural forms and numbers", async (test) => {
  const german = await openIn(test, ["de-DE", "en"]);

  assert.deepEqual([german.language, german.locale], ["de", "de-DE"]);
  assert.deepEqual(german.root, { lang: "de", dir: "ltr" });
  assert.equal(german.t("signIn.submit"), "Anmelden");
  assert.equal(german.t("history.newCount", { count: 1 }), "1 neue Nachricht");
  assert.equal(german.t("history.newCount", { count: 1234 }), "1.234 neue Nachrichten");
});

test("texts that are loaded later are in the same language", async (test) => {
  const german = await openIn(test, ["de-DE"]);

  await german.loadLater();

  assert.equal(german.t("theme.dark"), "Dunkel");
});

test("the account decides before the browser, if its user has chosen a language", async (test) => {
  const chosen = await openIn(test, ["en-US"], { id: 1, language: "de" });
  const asDevice = await openIn(test, ["en-US"], { id: 1, language: null });

  assert.deepEqual([chosen.language, chosen.locale, chosen.isChosen], ["de", "de-DE", true]);
  assert.deepEqual([asDevice.language, asDevice.locale, asDevice.isChosen], ["en", "en-US", false]);
});

test("numbers are written as in the reader's region", async (test) => {
  const swiss = await openIn(test, ["de-CH"]);

  assert.match(swiss.t("history.newCount", { count: 1234 }), /^1[’']234 neue Nachrichten$/);
  assert.equal(chooseLocale("en", ["de-CH", "en-US@posix", "en-IN"]), "en-IN");
  assert.equal(chooseLocale("en", ["de-CH", undefined]), undefined);
});

test("a browser that blocks storage decides alone", async (test) => {
  const globals = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  const german = await openIn(test, ["de"]);
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => { throw new Error("blocked"); } });
  test.after(() => Object.defineProperty(globalThis, "localStorage", globals));

  const { language: chosen } = await import("../../../web/static/web/text/translate.js?blocked");

  assert.deepEqual([german.language, chosen], ["de", "de"]);
});
