import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";

async function open(t) {
  const browser = await openSignedIn(t);
  const { ThreadCache } = await browser.load("live/thread-cache.js");
  const state = { messages: ["one"] };
  let saves = 0;
  const kept = new ThreadCache(7, () => {
    saves += 1;
    return state.messages && { messages: state.messages };
  });
  const read = async () => (await kept.read())?.messages;
  return { browser, kept, state, read, saves: () => saves };
}

test("a thread is cached at once, and then at most once per interval", async (t) => {
  const { browser, kept, state, read, saves } = await open(t);
  assert.equal(await read(), undefined);

  kept.save();
  await settle();
  assert.deepEqual(await read(), ["one"]);
  for (const text of ["two", "three"]) {
    state.messages = [text];
    kept.save();
  }
  assert.equal(saves(), 1);
  await browser.pass(500);

  assert.deepEqual([await read(), saves()], [["three"], 2]);
  await browser.pass(2_000);
  assert.equal(saves(), 2);
});

test("a pending snapshot is stored when the page is hidden or the thread closed", async (t) => {
  const { browser, kept, state, read } = await open(t);
  kept.save();
  state.messages = ["two"];
  kept.save();

  browser.show("hidden");
  await settle();
  assert.deepEqual(await read(), ["two"]);
  state.messages = ["three"];
  kept.save();
  kept.close();
  await settle();

  assert.deepEqual(await read(), ["three"]);
});

test("nothing is stored without a snapshot", async (t) => {
  const { browser, kept, state, read } = await open(t);
  state.messages = null;
  kept.save();
  await settle();
  assert.equal(await read(), undefined);

  state.messages = ["one"];
  browser.show("hidden");
  await settle();

  assert.deepEqual(await read(), ["one"]);
});

test("a forgotten thread is deleted and not stored by a pending save", async (t) => {
  const { browser, kept, read } = await open(t);
  kept.save();
  kept.save();

  kept.forget();
  await browser.pass(1_000);
  kept.close();
  await settle();

  assert.equal(await read(), undefined);
});
