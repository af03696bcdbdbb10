import assert from "node:assert/strict";
import { test } from "node:test";
import { AccessToken } from "../../../web/static/web/core/access-token.js";
import { makeToken } from "../browser/people.js";

test("a token lasts as long as it says, by whatever clock wrote it", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 0 });
  const tenYearsAhead = makeToken(5, { seconds: 300, issuedAt: 2_000_000_000 });

  const token = new AccessToken(tenYearsAhead);

  assert.deepEqual([token.userId, token.expiresAt], [5, 300_000]);
  assert.deepEqual([token.isValidFor(299), token.isValidFor(300)], [true, false]);
  t.mock.timers.tick(250_000);
  assert.deepEqual([token.isValidFor(49), token.isValidFor(50)], [true, false]);
});

test("a token that was kept ends when it did", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 100_000 });

  const token = new AccessToken(makeToken(5), 130_000);

  assert.deepEqual([token.isValidFor(29), token.isValidFor(30)], [true, false]);
});

test("claims may have any letters, which base64url writes with - and _", () => {
  const value = makeToken(Number.MAX_SAFE_INTEGER, { name: "~~~???>>>" });
  assert.match(value.split(".")[1], /[-_]/);

  assert.equal(new AccessToken(value).userId, Number.MAX_SAFE_INTEGER);
});
