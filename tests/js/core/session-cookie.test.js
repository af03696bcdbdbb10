import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, settle } from "../browser/open.js";
import { json, refusal } from "../browser/server.js";

const SIGN_OUT = "POST /api/auth/jwt/blacklist/";

async function open(t, { isDue = true } = {}) {
  const browser = openBrowser(t);
  const modules = await browser.load("core/session-cookie.js", "core/web-storage.js", "core/api.js");
  modules.setTokenSource({ generation: 0 });
  modules.pendingSignOut.write(isDue);
  const asked = () => browser.server.asked(SIGN_OUT).length;
  return { browser, asked, server: browser.server, ...modules };
}

test("the server is told of a sign-out once", async (t) => {
  const { server, asked, sendPendingSignOut, pendingSignOut } = await open(t);
  server.on(SIGN_OUT, json());

  await Promise.all([sendPendingSignOut(), sendPendingSignOut()]);

  assert.deepEqual([asked(), pendingSignOut.read()], [1, false]);
});

test("nothing is told where nobody has signed out", async (t) => {
  const { asked, sendPendingSignOut } = await open(t, { isDue: false });

  await sendPendingSignOut();

  assert.equal(asked(), 0);
});

test("a session that the server does not know has ended", async (t) => {
  const { server, sendPendingSignOut, pendingSignOut } = await open(t);
  server.on(SIGN_OUT, refusal(401, "token_not_valid"));

  await sendPendingSignOut();

  assert.equal(pendingSignOut.read(), false);
});

test("a server that is away is told later, every half minute", async (t) => {
  const { browser, server, asked, sendPendingSignOut, pendingSignOut } = await open(t);
  server.on(SIGN_OUT, refusal(503, "unavailable"));

  await sendPendingSignOut();
  await browser.pass(29_500);
  assert.equal(asked(), 1);
  server.on(SIGN_OUT, json());
  await browser.pass(30_500);

  assert.deepEqual([asked(), pendingSignOut.read()], [2, false]);
});

test("a page that gets no lock tries again", async (t) => {
  const { browser, server, asked, sendPendingSignOut } = await open(t);
  const { locks } = browser.navigator;
  const refused = () => Promise.reject(new DOMException("Not active.", "InvalidStateError"));
  browser.navigator.locks = { request: refused };
  server.on(SIGN_OUT, json());

  await sendPendingSignOut();
  assert.equal(asked(), 0);
  browser.navigator.locks = locks;
  await browser.pass(30_000);

  assert.equal(asked(), 1);
});

test("the server is told as soon as there is a network again", async (t) => {
  const { browser, server, asked, sendPendingSignOutWhenOnline } = await open(t);
  server.on(SIGN_OUT, json());
  sendPendingSignOutWhenOnline();

  browser.fire("online");
  await settle();

  assert.equal(asked(), 1);
});

test("a sign-out that waits for a sign-in does not end the new session", async (t) => {
  const { browser, asked, beginSession, sendPendingSignOut, storedSignIn } = await open(t);
  const { promise, resolve } = Promise.withResolvers();

  const begun = beginSession(() => promise);
  const ended = sendPendingSignOut();
  await browser.pass(1_000);
  resolve("answer");

  assert.equal(await begun, "answer");
  await ended;
  assert.deepEqual([asked(), storedSignIn.read()], [0, Date.now()]);
});

test("a sign-in that is refused leaves a due sign-out due", async (t) => {
  const { beginSession, pendingSignOut, storedSignIn } = await open(t);

  await assert.rejects(beginSession(() => Promise.reject(new Error("wrong"))), /wrong/);

  assert.deepEqual([pendingSignOut.read(), storedSignIn.read()], [true, null]);
});
