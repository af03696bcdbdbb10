import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";
import { makeToken } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const REFRESH = "POST /api/auth/jwt/refresh/";

async function open(t) {
  const browser = openBrowser(t);
  const { TokenRefresher, signedOutError, setTokenSource } = await browser.load("core/access-token.js", "core/api.js");
  const news = [];
  const renewal = new TokenRefresher({
    onRefreshed: ({ value }) => news.push(value),
    onRefused: ({ code }) => news.push(code),
  });
  setTokenSource({ generation: 0 });
  let count = 0;
  browser.server.on(REFRESH, () => ({ access: makeToken(5, { name: `token ${(count += 1)}` }) }));
  const asked = () => browser.server.asked(REFRESH).length;
  return { browser, server: browser.server, renewal, news, asked, signedOutError };
}

test("concurrent callers share one refresh", async (t) => {
  const { renewal, news, asked } = await open(t);

  const tokens = await Promise.all([renewal.fresh(), renewal.fresh(), renewal.fresh()]);
  await renewal.fresh();

  assert.deepEqual([new Set(tokens).size, asked(), news.length], [1, 1, 1]);
});

test("a token is refreshed after three quarters of its lifetime", async (t) => {
  const { browser, renewal, asked } = await open(t);
  renewal.adopt(makeToken(5, { seconds: 300 }));

  await browser.pass(224_500);
  assert.equal(asked(), 0);
  await browser.pass(500);

  assert.equal(asked(), 1);
});

test("a token that expires within 1 min is refreshed", async (t) => {
  const { renewal, asked } = await open(t);
  renewal.adopt(makeToken(5, { seconds: 60 }));

  await renewal.fresh();

  assert.equal(asked(), 1);
});

test("an expired token is refreshed after 1 s, not in a loop", async (t) => {
  const { browser, renewal, asked } = await open(t);

  renewal.adopt(makeToken(5, { seconds: 0 }));
  await browser.pass(500);
  assert.equal(asked(), 0);
  await browser.pass(500);

  assert.equal(asked(), 1);
});

test("a temporary failure is retried every 30 s", async (t) => {
  const { browser, server, renewal, news, asked } = await open(t);
  renewal.adopt(makeToken(5, { seconds: 4 }));
  for (const status of [503, 429]) {
    server.on(REFRESH, refusal(status, "later"));
    await browser.pass(30_500);
  }

  assert.equal(asked(), 2);
  assert.equal(news.length, 1);
});

test("the end of a session is reported once and not retried", async (t) => {
  const { browser, server, renewal, news, asked } = await open(t);
  server.on(REFRESH, refusal(401, "token_not_valid"));
  renewal.adopt(makeToken(5, { seconds: 4 }));

  await browser.pass(120_000);

  assert.deepEqual([asked(), news.slice(1)], [1, ["token_not_valid"]]);
});

test("a token that arrives after signing out is discarded", async (t) => {
  const { browser, server, renewal, news } = await open(t);
  const answer = server.hold(REFRESH);

  const asked = renewal.fresh();
  await settle();
  renewal.drop();
  answer({ access: makeToken(5) });

  await assert.rejects(asked, { code: "not_authenticated" });
  await browser.pass(1_000);
  assert.deepEqual([renewal.token, news], [null, []]);
});

test("a refusal after signing out is ignored", async (t) => {
  const { server, renewal, news } = await open(t);
  const answer = server.hold(REFRESH);

  const asked = renewal.fresh();
  await settle();
  renewal.drop();
  answer(refusal(401, "token_not_valid"));

  await assert.rejects(asked, { code: "token_not_valid" });
  assert.deepEqual(news, []);
});

test("signing out while another tab holds the lock cancels the refresh", async (t) => {
  const { browser, renewal, asked } = await open(t);
  const other = Promise.withResolvers();
  browser.navigator.locks.request("session-cookie", () => other.promise);

  const token = renewal.fresh();
  await settle();
  renewal.drop();
  other.resolve();

  await assert.rejects(token, { code: "not_authenticated" });
  assert.equal(asked(), 0);
});

test("a token that came due during sleep is refreshed on return to the page", async (t) => {
  const { browser, renewal, asked } = await open(t);
  renewal.adopt(makeToken(5, { seconds: 300 }));
  // Timers stop while the device sleeps, but the clock continues.
  t.mock.timers.setTime(Date.now());
  const slept = Date.now() + 290_000;
  t.mock.method(Date, "now", () => slept);

  browser.show("hidden");
  await settle();
  assert.equal(asked(), 0);
  browser.show();
  await settle();

  assert.equal(asked(), 1);
});

test("a return to the page does not refresh a token that is not due", async (t) => {
  const { browser, renewal, asked } = await open(t);
  browser.fire("pageshow");
  renewal.adopt(makeToken(5));

  browser.show();
  browser.fire("pageshow");
  browser.fire("online");
  await settle();

  assert.equal(asked(), 0);
});
