import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";
import { ALICE, BOB, makeToken } from "../browser/people.js";

async function open(t) {
  const browser = openBrowser(t, { path: "/trainees/2" });
  return { browser, loads: browser.place.loads, ...(await browser.load("core/impersonation.js")) };
}

test("impersonation starts with a page load, which restores it", async (t) => {
  const { loads, Impersonation } = await open(t);
  assert.equal(Impersonation.restore(), null);

  Impersonation.begin({ access: makeToken(BOB.id, { seconds: 3600 }) }, ALICE);

  assert.deepEqual(loads, ["/messages"]);
  assert.deepEqual([Impersonation.restore().by, Impersonation.restore().user], [ALICE, null]);
});

test("an impersonation token is usable until 1 min before it expires", async (t) => {
  const { browser, loads, Impersonation } = await open(t);
  Impersonation.begin({ access: makeToken(BOB.id, { seconds: 3600 }) }, ALICE);
  const impersonation = Impersonation.restore();
  impersonation.user = BOB;

  await browser.pass(1_000);
  assert.equal(impersonation.accessToken(), makeToken(BOB.id, { seconds: 3600 }));
  t.mock.timers.setTime(Date.now() + 3_540_000);
  assert.throws(() => impersonation.accessToken(), { status: 401 });

  assert.deepEqual([Impersonation.restore(), loads.at(-1)], [null, "/trainees/2"]);
});

test("impersonation that ends before its user is loaded returns to the own account", async (t) => {
  const { loads, Impersonation } = await open(t);
  Impersonation.begin({ access: makeToken(BOB.id) }, ALICE);

  assert.throws(() => Impersonation.restore().refuse(), { status: 401 });

  assert.deepEqual(loads, ["/messages", "/"]);
});
