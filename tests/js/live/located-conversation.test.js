import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn } from "../browser/open.js";
import { makeConversation } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const ROUTE = "GET /api/messaging/conversations/7/";

async function open(t) {
  const browser = await openSignedIn(t);
  browser.server.on(ROUTE, makeConversation(7, { version: 1 }));
  const { LocatedConversation } = await browser.load("live/located-conversation.js");
  const located = new LocatedConversation();
  const requestCount = () => browser.server.asked(ROUTE).length;
  return { server: browser.server, located, requestCount };
}

test("a conversation is fetched once and then found by its id only", async (t) => {
  const { located, requestCount } = await open(t);
  assert.equal(located.get(7), null);

  const row = await located.fetch(7);

  assert.deepEqual([located.get(7), located.get(8)], [row, null]);
  assert.equal(requestCount(), 1);
});

test("a conversation without access is null, and is removed if it was found before", async (t) => {
  const { server, located } = await open(t);
  await located.fetch(7);
  server.on(ROUTE, refusal(404, "not_found"));

  assert.equal(await located.fetch(7), null);

  assert.equal(located.get(7), null);
});

test("a failed request throws, and the conversation stays", async (t) => {
  const { server, located } = await open(t);
  const row = await located.fetch(7);
  server.on(ROUTE, refusal(503, "unavailable"));

  await assert.rejects(located.fetch(7), { status: 503 });

  assert.equal(located.get(7), row);
});

test("a refresh reloads the conversation unless a list has it", async (t) => {
  const { server, located, requestCount } = await open(t);
  await located.refresh(() => null);
  assert.equal(requestCount(), 0);
  await located.fetch(7);
  server.on(ROUTE, makeConversation(7, { version: 2 }));

  await located.refresh((id) => id === 7);
  assert.deepEqual([requestCount(), located.get(7).version], [1, 1]);
  await located.refresh(() => null);

  assert.deepEqual([requestCount(), located.get(7).version], [2, 2]);
});

test("a new state replaces only the conversation with the same id", async (t) => {
  const { located } = await open(t);
  await located.fetch(7);
  const [changed, other] = [makeConversation(7, { version: 2 }), makeConversation(8)];

  located.put(8, other);
  located.put(7, changed);
  assert.deepEqual([located.get(7), located.get(8)], [changed, null]);
  located.put(7, null);

  assert.equal(located.get(7), null);
});
