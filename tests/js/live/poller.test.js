import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";

async function open(t) {
  const browser = openBrowser(t);
  const { Poller } = await browser.load("live/poller.js");
  const state = { asked: 0, answer: async () => {} };
  const answers = [];
  const poll = () => {
    state.asked += 1;
    return state.answer();
  };
  const poller = new Poller(poll, () => answers.push(poller.isAnswered));
  t.after(() => poller.stop());
  return { browser, poller, state, answers };
}

const fail = (more) => () => Promise.reject(Object.assign(new Error("no"), more));

test("a poller polls at once and then every 5 s ± 20 %", async (t) => {
  const { browser, poller, state, answers } = await open(t);

  poller.start();
  poller.start();
  await settle();
  assert.deepEqual([state.asked, answers], [1, [true]]);
  await browser.pass(60_000);

  assert.ok(state.asked >= 11 && state.asked <= 16, `${state.asked} times`);
});

test("a stopped poller sends nothing and ignores a late response", async (t) => {
  const { browser, poller, state, answers } = await open(t);
  const { promise, resolve } = Promise.withResolvers();
  state.answer = () => promise;

  poller.start();
  await settle();
  poller.stop();
  resolve();
  await browser.pass(20_000);

  assert.deepEqual([state.asked, answers, poller.isAnswered, poller.isRunning], [1, [], false, false]);
});

test("a hidden page does not poll, and polls at once when it becomes visible", async (t) => {
  const { browser, poller, state } = await open(t);
  browser.show("hidden");

  poller.start();
  await browser.pass(20_000);
  assert.equal(state.asked, 0);
  browser.show();
  await settle();

  assert.equal(state.asked, 1);
});

test("polling resumes at once when the network returns", async (t) => {
  const { browser, poller, state } = await open(t);
  state.answer = fail();
  poller.start();
  await settle();
  assert.equal(poller.isAnswered, false);

  state.answer = async () => {};
  browser.fire("online");
  await settle();

  assert.deepEqual([state.asked, poller.isAnswered], [2, true]);
});

test("polling honours Retry-After", async (t) => {
  const { browser, poller, state, answers } = await open(t);
  state.answer = fail({ retryAfter: 30 });

  poller.start();
  await browser.pass(29_500);
  assert.deepEqual([state.asked, answers], [1, [false]]);
  await browser.pass(1_000);

  assert.equal(state.asked, 2);
});

test("only the later of two overlapping polls continues", async (t) => {
  const { browser, poller, state } = await open(t);
  const { promise, resolve } = Promise.withResolvers();
  state.answer = () => promise;
  poller.start();
  state.answer = async () => {};
  browser.fire("online");

  resolve();
  await settle();
  await browser.pass(3_500);

  assert.equal(state.asked, 2);
});
