import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBlurhash } from "../../../web/static/web/live/photos/blurhash.js";

test("a hash is decoded to the pixels of the reference implementation", () => {
  // blurhash 2.0.5 on npm
  const expected = [
    [135, 164, 177, 255], [161, 173, 177, 255], [181, 180, 171, 255], [160, 172, 174, 255],
    [124, 154, 169, 255], [148, 148, 154, 255], [164, 145, 134, 255], [146, 152, 155, 255],
    [124, 144, 154, 255], [144, 134, 132, 255], [163, 130, 104, 255], [148, 140, 134, 255],
  ];

  assert.deepEqual([...decodeBlurhash("LEHV6nWB2yk8pyo0adR*.7kCMdnj", 4, 3)], expected.flat());
  assert.deepEqual([...decodeBlurhash("00OZZy", 1, 1)], [213, 30, 120, 255]);
});

test("what is no hash has no pixels", () => {
  for (const wrong of [null, undefined, "", "00OZZ", "LEHV6n", "LEHV6nWB2yk8pyo0adR*.7kCMdn\"", "€".repeat(28)]) {
    assert.equal(decodeBlurhash(wrong, 4, 3), null);
  }
});
