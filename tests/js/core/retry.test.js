import assert from "node:assert/strict";
import { test } from "node:test";
import { delayAfter, delayOf, jittered, waitSeconds } from "../../../web/static/web/core/retry.js";

test("a delay doubles from 0.5 s to 30 s, and half of it is random", () => {
  const span = (failures) => [delayAfter(failures, () => 0), delayAfter(failures, () => 1)];

  const spans = [1, 2, 3, 7, 50, 5000].map(span);

  assert.deepEqual(spans, [
    [250, 500], [500, 1000], [1000, 2000], [15000, 30000], [15000, 30000], [15000, 30000],
  ]);
});

test("a jittered time differs by up to a fifth", () => {
  assert.deepEqual([0, 0.25, 0.5].map((chance) => jittered(5000, () => chance)), [4000, 4500, 5000]);
  assert.ok(Math.abs(jittered(5000, () => 1) - 6000) < 1e-6);
});

test("a delay is random by default", () => {
  assert.ok(new Set(Array.from({ length: 10 }, () => delayAfter(1))).size > 1);
  assert.ok(new Set(Array.from({ length: 10 }, () => jittered(1))).size > 1);
});

test("a repetition waits as the server says, and otherwise with backoff", () => {
  const throttled = { status: 429, retryAfter: 9 };
  const busy = { status: 503, retryAfter: 2 };

  assert.deepEqual([throttled, busy].map((error) => delayOf(error, 50)), [9_000, 2_000]);
  assert.equal(delayOf({ status: 429, retryAfter: null }, 1), 5_000);
  assert.ok(delayOf({ status: 0, retryAfter: null }, 50) >= 15_000);
  assert.equal(waitSeconds({ status: 500, retryAfter: null }), 0);
});
