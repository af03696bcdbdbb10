import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";

/** Open a page with a session that the test changes, and return what the page does. */
async function openPage(t, isStored = true) {
  const browser = openBrowser(t);
  const messages = [];
  browser.document.cookie = "other=x";
  // As in a page that was loaded before the worker was installed.
  const active = { postMessage: (data) => messages.push(data) };
  browser.navigator.serviceWorker = { controller: null, ready: Promise.resolve({ active }) };
  const { followLanguage, storedUser } = await browser.load("core/language.js", "core/web-storage.js");
  if (!isStored) browser.localStorage.setItem = () => { throw new Error("full"); };
  storedUser.write({ id: 1 });
  const session = Object.assign(new EventTarget(), { state: "starting", user: null, isImpersonating: false });
  followLanguage(session);
  const change = (values) => Object.assign(session, values).dispatchEvent(new Event("change"));
  return { browser, messages, change };
}

test("the server and the offline page learn of a choice once", async (t) => {
  const { browser, messages, change } = await openPage(t);

  for (let times = 0; times < 2; times += 1) change({ state: "signed-in", user: { language: "de" } });
  await settle();

  assert.equal(browser.document.cookie, "language=de; path=/; max-age=31536000; samesite=lax");
  assert.deepEqual(messages, [{ type: "LANGUAGE_CHANGED" }]);
});

test("after a sign-out, and without a choice, the browser decides", async (t) => {
  const { browser, change } = await openPage(t);
  change({ state: "signed-in", user: {} });
  assert.equal(browser.document.cookie, "other=x");

  change({ user: { language: "de" } });
  change({ state: "signed-out", user: null });

  assert.equal(browser.document.cookie, "language=; path=/; max-age=0; samesite=lax");
});

test("a page reloads after a sign-in of a user with another language", async (t) => {
  const { browser, change } = await openPage(t);
  for (const language of ["en", null, undefined]) {
    change({ state: "signed-out", user: null });
    change({ state: "signed-in", user: { language } });
  }
  assert.deepEqual(browser.place.loads, []);

  change({ state: "signed-out", user: null });
  change({ state: "signed-in", user: { language: "de" } });
  change({ user: { language: "en" } });

  assert.deepEqual(browser.place.loads, ["/messages"]);
});

test("a page does not reload if that would end the sign-in", async (t) => {
  const { browser, change } = await openPage(t, false);
  change({ state: "signed-out", user: null });

  change({ state: "signed-in", user: { language: "de" } });

  assert.deepEqual(browser.place.loads, []);
});

test("an impersonator keeps their own language", async (t) => {
  const { browser, change } = await openPage(t);

  change({ state: "signed-in", user: { language: "de" }, isImpersonating: true });

  assert.equal(browser.document.cookie, "other=x");
});
