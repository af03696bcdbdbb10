import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadingPace } from "../../../web/static/web/live/reading-pace.js";

test("pages are small while somebody reads, and large while somebody scrolls fast", (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const pace = new ReadingPace();

  const sizes = [0, 2_999, 3_000, 100, 3_001].map((ms) => {
    now += ms;
    return pace.nextSize();
  });

  assert.deepEqual(sizes, [20, 100, 20, 100, 20]);
});
