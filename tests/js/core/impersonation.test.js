import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";
import { ALICE, BOB, makeToken } from "../browser/people.js";

async function open(t) {
  const browser = openBrowser(t, { path: "/trainees/2" });
  return { browser, loads: browser.place.loads, ...(await browser.load("core/impersonation.js")) };
}

test("a look begins on a page loaded anew, which finds it", async (t) => {
  const { loads, Impersonation } = await open(t);
  assert.equal(Impersonation.restore(), null);

  Impersonation.begin(makeToken(BOB.id, { seconds: 3600 }), ALICE);

  assert.deepEqual(loads, ["/messages"]);
  assert.deepEqual([Impersonation.restore().by, Impersonation.restore().user], [ALICE, null]);
});

test("its token is good until a minute before its end, then the look is over", async (t) => {
  const { browser, loads, Impersonation } = await open(t);
  Impersonation.begin(makeToken(BOB.id, { seconds: 3600 }), ALICE);
  const look = Impersonation.restore();
  look.user = BOB;

  await browser.pass(1_000);
  assert.equal(look.accessToken(), makeToken(BOB.id, { seconds: 3600 }));
  t.mock.timers.setTime(Date.now() + 3_540_000);
  assert.throws(() => look.accessToken(), { status: 401 });

  assert.deepEqual([Impersonation.restore(), loads.at(-1)], [null, "/trainees/2"]);
});

test("a look that ends before its trainee is known leads home", async (t) => {
  const { loads, Impersonation } = await open(t);
  Impersonation.begin(makeToken(BOB.id), ALICE);

  assert.throws(() => Impersonation.restore().refuse(), { status: 401 });

  assert.deepEqual(loads, ["/messages", "/"]);
});
