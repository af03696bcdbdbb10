import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";

async function open(t) {
  const browser = await openSignedIn(t);
  const { ThreadCache } = await browser.load("live/thread-cache.js");
  const state = { messages: ["one"] };
  let saves = 0;
  const cache = new ThreadCache(7, () => {
    saves += 1;
    return state.messages && { messages: state.messages };
  });
  const read = async () => (await cache.read())?.messages;
  return { browser, cache, state, read, saves: () => saves };
}

test("a thread is cached at once, and then at most once per interval", async (t) => {
  const { browser, cache, state, read, saves } = await open(t);
  assert.equal(await read(), undefined);

  cache.save();
  await settle();
  assert.deepEqual(await read(), ["one"]);
  for (const text of ["two", "three"]) {
    state.messages = [text];
    cache.save();
  }
  assert.equal(saves(), 1);
  await browser.pass(500);

  assert.deepEqual([await read(), saves()], [["three"], 2]);
  await browser.pass(2_000);
  assert.equal(saves(), 2);
});

test("a pending snapshot is stored when the page is hidden or the thread closed", async (t) => {
  const { browser, cache, state, read } = await open(t);
  cache.save();
  state.messages = ["two"];
  cache.save();

  browser.show("hidden");
  await settle();
  assert.deepEqual(await read(), ["two"]);
  state.messages = ["three"];
  cache.save();
  cache.close();
  await settle();

  assert.deepEqual(await read(), ["three"]);
});

test("nothing is stored without a snapshot", async (t) => {
  const { browser, cache, state, read } = await open(t);
  state.messages = null;
  cache.save();
  await settle();
  assert.equal(await read(), undefined);

  state.messages = ["one"];
  browser.show("hidden");
  await settle();

  assert.deepEqual(await read(), ["one"]);
});

test("a forgotten thread is deleted and not stored by a pending save", async (t) => {
  const { browser, cache, read } = await open(t);
  cache.save();
  cache.save();

  cache.forget();
  await browser.pass(1_000);
  cache.close();
  await settle();

  assert.equal(await read(), undefined);
});
