import assert from "node:assert/strict";
import { test } from "node:test";
import { newId } from "../../../web/static/web/live/ids.js";
import { replace } from "../browser/globals.js";

const UUID_4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

for (const isSecure of [true, false]) {
  test(`ids are random UUIDs on a page ${isSecure ? "with" : "without"} TLS`, (t) => {
    if (!isSecure) replace(t, crypto, "randomUUID", undefined);

    const ids = Array.from({ length: 100 }, () => newId());

    for (const id of ids) assert.match(id, UUID_4);
    assert.equal(new Set(ids).size, 100);
  });
}
