import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";
import { makeToken } from "../browser/people.js";

async function open(t) {
  const { AccessToken } = await openBrowser(t).load("core/access-token.js");
  return { AccessToken, now: Date.now(), tick: (ms) => t.mock.timers.tick(ms) };
}

test("a token lasts for its lifetime, whatever clock issued it", async (t) => {
  const { AccessToken, now, tick } = await open(t);
  const tenYearsAhead = makeToken(5, { seconds: 300, issuedAt: 2_000_000_000 });

  const token = new AccessToken(tenYearsAhead);

  assert.deepEqual([token.userId, token.expiresAt], [5, now + 300_000]);
  assert.deepEqual([token.isValidFor(299), token.isValidFor(300)], [true, false]);
  tick(250_000);
  assert.deepEqual([token.isValidFor(49), token.isValidFor(50)], [true, false]);
});

test("a stored token expires at its stored time", async (t) => {
  const { AccessToken, now } = await open(t);

  const token = new AccessToken(makeToken(5), now + 30_000);

  assert.deepEqual([token.isValidFor(29), token.isValidFor(30)], [true, false]);
});

test("claims are decoded from base64url, also with - and _", async (t) => {
  const { AccessToken } = await open(t);
  const value = makeToken(Number.MAX_SAFE_INTEGER, { name: "~~~???>>>" });
  assert.match(value.split(".")[1], /[-_]/);

  assert.equal(new AccessToken(value).userId, Number.MAX_SAFE_INTEGER);
});
