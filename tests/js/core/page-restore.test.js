import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";
import { ALICE, BOB, makeToken } from "../browser/people.js";

async function open(t, session = { user: ALICE, isImpersonating: false }) {
  const browser = openBrowser(t, { path: "/messages/7" });
  const kept = await browser.load("core/web-storage.js");
  kept.storedUser.write(ALICE);
  kept.storedSignIn.write(1);
  const { reloadIfSignInChanged } = await browser.load("core/page-restore.js");
  reloadIfSignInChanged(session);
  const seen = () => [browser.document.documentElement.hidden, browser.place.loads];
  return { browser, ...kept, seen };
}

const isGone = [true, ["/messages/7"]];
const isBack = [false, []];

test("a page restored for its user is shown", async (t) => {
  const { browser, seen } = await open(t);

  browser.fire("pagehide");
  browser.fire("pageshow", { persisted: true });

  assert.deepEqual(seen(), isBack);
});

test("a loaded page is not affected", async (t) => {
  const { browser, seen, storedUser } = await open(t);

  browser.fire("pagehide");
  storedUser.write(BOB);
  browser.fire("pageshow", { persisted: false });

  assert.deepEqual(seen(), isBack);
});

for (const me of [BOB, null]) {
  test(`a page restored for ${me ? "another user" : "no user"} is hidden and reloads`, async (t) => {
    const { browser, seen, storedUser } = await open(t);

    browser.fire("pagehide");
    storedUser.write(me);
    browser.fire("pageshow", { persisted: true });

    assert.deepEqual(seen(), isGone);
  });
}

test("a page of an earlier session of the same user reloads", async (t) => {
  const { browser, seen, storedSignIn } = await open(t);

  browser.fire("pagehide");
  storedSignIn.write(2);
  browser.fire("pageshow", { persisted: true });

  assert.deepEqual(seen(), isGone);
});

test("a page left for impersonation is hidden before it can be restored", async (t) => {
  const { browser, seen, storedImpersonation } = await open(t);
  storedImpersonation.write({ access: makeToken(BOB.id) });

  browser.fire("pagehide");
  assert.deepEqual(seen(), [true, []]);
  browser.fire("pageshow", { persisted: true });

  assert.deepEqual(seen(), isGone);
});

test("impersonation is restored while it lasts, and only in its tab", async (t) => {
  const { browser, seen, storedImpersonation } = await open(t, { user: BOB, isImpersonating: true });
  storedImpersonation.write({ access: makeToken(BOB.id) });

  browser.fire("pagehide");
  browser.fire("pageshow", { persisted: true });
  assert.deepEqual(seen(), isBack);
  storedImpersonation.write(null);
  browser.fire("pageshow", { persisted: true });

  assert.deepEqual(seen(), isGone);
});
