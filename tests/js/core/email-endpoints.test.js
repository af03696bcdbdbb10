import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn } from "../browser/open.js";

const CALLS = [
  ["getEmailPreferences", [], "GET users/email-preferences/", undefined],
  ["changeEmailPreferences", [{ unread_messages: "hour" }], "PATCH users/email-preferences/", { unread_messages: "hour" }],
];

for (const [name, params, call, body] of CALLS) {
  test(`${name} sends what the API expects`, async (t) => {
    const { server, load } = await openSignedIn(t);
    const endpoints = await load("core/email-endpoints.js");
    const [method, path] = call.split(" ");
    const key = `${method} /api/${path}`;
    server.on(key, { done: true });

    assert.deepEqual(await endpoints[name](...params), { done: true });

    assert.deepEqual(server.asked(key), [body]);
  });
}
