import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";

async function open(t, { prepare = () => {} } = {}) {
  const browser = openBrowser(t);
  prepare(browser.navigator);
  const log = [];
  /** Open a tab that campaigns for the leadership. */
  async function join(name) {
    const { Leadership } = await browser.openTab()("live/locks.js");
    return new Leadership("inbox", (isLeader) => log.push([name, isLeader]));
  }
  return { browser, log, join };
}

test("one tab leads at a time, and the next one when it stops", async (t) => {
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

test("a tab that steals the lock leads, and the former leader queues again", async (t) => {
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

test("a campaign of the leader changes nothing", async (t) => {
  const { log, join } = await open(t);
  const one = await join("one");

  one.campaign();
  await settle();
  one.campaign({ steal: true });
  await settle();

  assert.deepEqual(log, [["one", true]]);
  one.stop();
});

test("a withdrawn tab does not lead when its turn comes", async (t) => {
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

test("every tab leads without Web Locks", async (t) => {
  const { join } = await open(t, { prepare: (navigator) => (navigator.locks = undefined) });
  const [one, two] = [await join("one"), await join("two")];

  one.campaign();
  two.campaign();

  assert.deepEqual([one.isLeader, two.isLeader], [true, true]);
});

test("a lock granted after the campaign was cancelled is released", async (t) => {
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
  test(`a refused lock request is retried with backoff (steal: ${steal})`, async (t) => {
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

test("a tab stopped while its request is refused does not queue again", async (t) => {
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

test("a tab stopped before the refusal arrives does not retry", async (t) => {
  let state;
  const { browser, join } = await open(t, { prepare: (navigator) => (state = refuse(t, navigator)) });
  const one = await join("one");

  one.campaign();
  one.stop();
  await browser.pass(1_000);

  assert.equal(state.asked, 1);
});
