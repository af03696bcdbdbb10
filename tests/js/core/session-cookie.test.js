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

test("a pending sign-out is sent once", async (t) => {
  const { server, asked, sendPendingSignOut, pendingSignOut } = await open(t);
  server.on(SIGN_OUT, json());

  await Promise.all([sendPendingSignOut(), sendPendingSignOut()]);

  assert.deepEqual([asked(), pendingSignOut.read()], [1, false]);
});

test("nothing is sent without a pending sign-out", async (t) => {
  const { asked, sendPendingSignOut } = await open(t, { isDue: false });

  await sendPendingSignOut();

  assert.equal(asked(), 0);
});

test("a pending sign-out ends if the server does not know the session", async (t) => {
  const { server, sendPendingSignOut, pendingSignOut } = await open(t);
  server.on(SIGN_OUT, refusal(401, "token_not_valid"));

  await sendPendingSignOut();

  assert.equal(pendingSignOut.read(), false);
});

test("a pending sign-out is retried every 30 s while the server is unreachable", async (t) => {
  const { browser, server, asked, sendPendingSignOut, pendingSignOut } = await open(t);
  server.on(SIGN_OUT, refusal(503, "unavailable"));

  await sendPendingSignOut();
  await browser.pass(29_500);
  assert.equal(asked(), 1);
  server.on(SIGN_OUT, json());
  await browser.pass(30_500);

  assert.deepEqual([asked(), pendingSignOut.read()], [2, false]);
});

test("a pending sign-out is retried if the page gets no lock", async (t) => {
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

test("a pending sign-out is sent when the network returns", async (t) => {
  const { browser, server, asked, sendPendingSignOutWhenOnline } = await open(t);
  server.on(SIGN_OUT, json());
  sendPendingSignOutWhenOnline();

  browser.fire("online");
  await settle();

  assert.equal(asked(), 1);
});

test("a sign-out queued behind a sign-in does not end the new session", async (t) => {
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

test("a refused sign-in keeps a pending sign-out", async (t) => {
  const { beginSession, pendingSignOut, storedSignIn } = await open(t);

  await assert.rejects(beginSession(() => Promise.reject(new Error("wrong"))), /wrong/);

  assert.deepEqual([pendingSignOut.read(), storedSignIn.read()], [true, null]);
});
