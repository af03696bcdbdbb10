import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn } from "../browser/open.js";

const CALLS = [
  ["editMessage", [7, 9, "new"], "PATCH messaging/conversations/7/messages/9/", { content: "new" }],
  ["deleteMessage", [7, 9], "DELETE messaging/conversations/7/messages/9/", undefined],
  ["addReaction", [7, 9, "❤️"], "PUT messaging/conversations/7/messages/9/reactions/%E2%9D%A4%EF%B8%8F/", undefined],
  ["removeReaction", [7, 9, "❤️"], "DELETE messaging/conversations/7/messages/9/reactions/%E2%9D%A4%EF%B8%8F/", undefined],
];

for (const [name, params, call, body] of CALLS) {
  test(`${name} sends what the API expects`, async (t) => {
    const { server, load } = await openSignedIn(t);
    const endpoints = await load("core/change-endpoints.js");
    const [method, path] = call.split(" ");
    const key = `${method} /api/${path}`;
    server.on(key, { done: true });

    assert.deepEqual(await endpoints[name](...params), { done: true });

    assert.deepEqual(server.asked(key), [body]);
  });
}
