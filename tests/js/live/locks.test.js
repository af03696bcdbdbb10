import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";

async function open(t, { prepare = () => {} } = {}) {
  const browser = openBrowser(t);
  prepare(browser.navigator);
  const log = [];
  /** Open a tab that wants to lead. */
  async function join(name) {
    const { Leadership } = await browser.openTab()("live/locks.js");
    return new Leadership("inbox", (isLeader) => log.push([name, isLeader]));
  }
  return { browser, log, join };
}

test("one tab leads at a time, and the next when it stops", async (t) => {
  const { log, join } = await open(t);
  const [one, two] = [await join("one"), await join("two")];

  one.campaign();
  two.campaign();
  await settle();
  assert.deepEqual([one.isLeader, two.isLeader], [true, false]);
  one.stop();
  await settle();

  assert.deepEqual(log, [["one", true], ["one", false], ["two", true]]);
  two.stop();
});

test("a tab that steals takes over, and whoever lost it stands in line again", async (t) => {
  const { browser, log, join } = await open(t);
  const [one, two] = [await join("one"), await join("two")];
  one.campaign();
  await settle();

  two.campaign({ steal: true });
  await settle();
  assert.deepEqual([one.isLeader, two.isLeader], [false, true]);
  await browser.pass(1_000);
  two.stop();
  await settle();

  assert.equal(one.isLeader, true);
  assert.equal(log.length, 5);
  one.stop();
});

test("who leads already campaigns in vain", async (t) => {
  const { log, join } = await open(t);
  const one = await join("one");

  one.campaign();
  await settle();
  one.campaign({ steal: true });
  await settle();

  assert.deepEqual(log, [["one", true]]);
  one.stop();
});

test("who withdraws from the line does not lead when its turn comes", async (t) => {
  const { log, join } = await open(t);
  const [one, two] = [await join("one"), await join("two")];
  one.campaign();
  await settle();

  two.campaign();
  two.stop();
  one.stop();
  await settle();

  assert.deepEqual(log, [["one", true], ["one", false]]);
});

test("browsers without locks have tabs that all lead", async (t) => {
  const { join } = await open(t, { prepare: (navigator) => (navigator.locks = undefined) });
  const [one, two] = [await join("one"), await join("two")];

  one.campaign();
  two.campaign();

  assert.deepEqual([one.isLeader, two.isLeader], [true, true]);
});

test("a lock that comes after its campaign was given up is let go", async (t) => {
  let grant;
  const later = { request: (_name, _options, term) => new Promise(() => (grant = term)) };
  const { log, join } = await open(t, { prepare: (navigator) => (navigator.locks = later) });
  const one = await join("one");

  one.campaign({ steal: true });
  one.stop();

  assert.deepEqual([grant(), log], [undefined, []]);
});

// A browser that refuses a lock at once, as for pages in the back/forward cache
// ------------------------------------------------------------------------------
function refuse(t, navigator) {
  const { request } = navigator.locks;
  const state = { isRefused: true, asked: 0 };
  navigator.locks.request = (...all) => {
    state.asked += 1;
    if (!state.isRefused) return request(...all);
    return Promise.reject(new DOMException("Not fully active.", "InvalidStateError"));
  };
  return state;
}

for (const steal of [true, false]) {
  test(`a refused lock is asked for again after pauses (steal: ${steal})`, async (t) => {
    let state;
    const { browser, join } = await open(t, { prepare: (navigator) => (state = refuse(t, navigator)) });
    const one = await join("one");

    one.campaign({ steal });
    await browser.pass(1_000);
    assert.ok(state.asked >= 2 && state.asked <= 4, `${state.asked} times`);
    state.isRefused = false;
    await browser.pass(2_000);

    assert.equal(one.isLeader, true);
    one.stop();
  });
}

test("who stops while being refused stands in no line", async (t) => {
  let state;
  const { browser, join } = await open(t, { prepare: (navigator) => (state = refuse(t, navigator)) });
  const one = await join("one");

  one.campaign();
  await settle();
  one.stop();
  state.isRefused = false;
  await browser.pass(1_000);

  assert.deepEqual([state.asked, one.isLeader], [1, false]);
});

test("who stops before the refusal is heard does not come back", async (t) => {
  let state;
  const { browser, join } = await open(t, { prepare: (navigator) => (state = refuse(t, navigator)) });
  const one = await join("one");

  one.campaign();
  one.stop();
  await browser.pass(1_000);

  assert.equal(state.asked, 1);
});
