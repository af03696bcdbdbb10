import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf, planSizes } from "../../../web/static/web/live/photos/plan.js";

const bytes = (text) => Uint8Array.from(text, (each) => each.charCodeAt(0));

test("the kind of a file is read from its first bytes", () => {
  const kinds = {
    "\xff\xd8\xff\xe0\0\x10JFIF": "jpeg",
    "\x89PNG\r\n\x1a\n": "png",
    "GIF89a": "gif",
    "RIFF\0\0\0\0WEBPVP8 ": "webp",
    "RIFF\0\0\0\0WAVEfmt ": null,
    "\0\0\0\x18ftypheic\0\0\0\0": "heic",
    "\0\0\0\x18ftypmif1\0\0\0\0": "heic",
    "\0\0\0\x18ftypmp42\0\0\0\0": null,
    "<svg xmlns='http": null,
    "%PDF-1.7": null,
    "": null,
  };

  for (const [head, kind] of Object.entries(kinds)) assert.equal(kindOf(bytes(head)), kind);
});

const plan = (more) => planSizes({ kind: "jpeg", bytes: 5_000_000, width: 4000, height: 3000, ...more });

test("a photo is drawn with a long side of 2560 pixels, in steps of at least a half", () => {
  assert.deepEqual(plan(), [{ width: 2560, height: 1920 }]);
  assert.deepEqual(plan({ width: 3000, height: 4000 }), [{ width: 1920, height: 2560 }]);
  assert.deepEqual(plan({ width: 12000, height: 9000 }), [
    { width: 6000, height: 4500 },
    { width: 3000, height: 2250 },
    { width: 2560, height: 1920 },
  ]);
});

test("a small file of a kind that the server accepts stays as it is", () => {
  const small = { bytes: 1_000_000, width: 2560, height: 1440 };

  for (const kind of ["jpeg", "png", "gif", "webp"]) assert.deepEqual(plan({ ...small, kind }), []);
  for (const larger of [{ bytes: 1_000_001 }, { width: 2561 }, { kind: null }, { kind: "heic" }]) {
    assert.equal(plan({ ...small, ...larger }).length, 1);
  }
});

test("no side vanishes, and no photo is enlarged", () => {
  assert.deepEqual(plan({ width: 30_000, height: 1 }).at(-1), { width: 2560, height: 1 });
  assert.deepEqual(plan({ kind: null, width: 10, height: 20 }), [{ width: 10, height: 20 }]);
});
