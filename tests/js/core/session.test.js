import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, openImpersonation, openSignedIn, settle, startSession } from "../browser/open.js";
import { ALICE, BOB, makeToken } from "../browser/people.js";
import { json, refusal } from "../browser/server.js";

const [SIGN_IN, REFRESH, SIGN_OUT] = ["create", "refresh", "blacklist"].map(
  (name) => `POST /api/auth/jwt/${name}/`,
);
const ME = "GET /api/auth/users/me/";

/** Open a browser without a signed-in user, and start the session of its first page. */
async function openStranger(t) {
  const browser = openBrowser(t);
  const { session } = await browser.load("core/session.js");
  await session.start();
  browser.server.on(SIGN_OUT, json());
  return Object.assign(browser, { session });
}

/** Open another tab of the same browser, and return its session. */
const openTab = async (browser) => (await startSession(browser.openTab())).session;

function ends(session) {
  const seen = [];
  session.addEventListener("ended", ({ detail }) => seen.push(detail));
  return seen;
}

const kept = (browser) => JSON.parse(browser.localStorage.getItem("me"));

test("without a stored user the session is signed out and has no token", async (t) => {
  const { session } = await openStranger(t);

  assert.deepEqual([session.state, session.user], ["signed-out", null]);
  await assert.rejects(session.accessToken(), { status: 401 });
});

test("signing in sets and stores the user", async (t) => {
  const browser = await openStranger(t);
  const { server, session } = browser;
  server.on(SIGN_IN, { access: makeToken(ALICE.id) });
  server.on(ME, ALICE);

  await session.signIn("alice@app.example", "secret");

  assert.deepEqual([session.state, session.user, kept(browser)], ["signed-in", ALICE, ALICE]);
  assert.equal(await session.accessToken(), makeToken(ALICE.id));
  assert.equal(session.persistent, true);
});

test("a wrong password changes nothing", async (t) => {
  const { server, session } = await openStranger(t);
  server.on(SIGN_IN, refusal(401, "no_active_account"));

  await assert.rejects(session.signIn("a", "b"), { code: "no_active_account" });

  assert.equal(session.state, "signed-out");
});

test("the stored user is signed in without a network", async (t) => {
  const browser = openBrowser(t);
  browser.localStorage.setItem("me", JSON.stringify(ALICE));
  browser.server.isReachable = false;
  const { session } = await browser.load("core/session.js");

  await session.start();
  await settle();

  assert.deepEqual([session.state, session.user], ["signed-in", ALICE]);
});

test("the user from the server replaces the stored one", async (t) => {
  const browser = await openSignedIn(t);
  browser.server.on(ME, { ...ALICE, first_name: "Alicia" });

  const session = await openTab(browser);

  assert.equal(session.user.first_name, "Alicia");
  assert.equal(kept(browser).first_name, "Alicia");
});

test("a session that the server refuses ends with a reason", async (t) => {
  const browser = openBrowser(t);
  browser.localStorage.setItem("me", JSON.stringify(ALICE));
  browser.server.on(REFRESH, refusal(401, "token_not_valid"));
  const { session } = await browser.load("core/session.js");
  const seen = ends(session);

  await session.start();
  await settle();

  assert.deepEqual([session.state, session.endReason, kept(browser)], ["signed-out", "refused", null]);
  assert.deepEqual(seen, [{ userId: ALICE.id, reason: "refused" }]);
});

test("signing out ends the session at once in all tabs, after their clean-up", async (t) => {
  const browser = await openSignedIn(t);
  const { session } = browser;
  const other = await openTab(browser);
  const [here, there] = [ends(session), ends(other)];
  session.beforeSignOut(async () => assert.equal(await session.accessToken(), makeToken(ALICE.id)));

  await session.signOut();
  await settle();

  assert.deepEqual([here, there].map(([{ reason }]) => reason), ["signed-out", "elsewhere"]);
  assert.deepEqual([session.state, other.state, kept(browser)], ["signed-out", "signed-out", null]);
  assert.equal(browser.server.asked(SIGN_OUT).length, 1);
});

test("clean-up delays a sign-out by 3 s at most", async (t) => {
  const browser = await openSignedIn(t);
  const { session } = browser;
  session.beforeSignOut(() => new Promise(() => {}));

  session.signOut();
  await browser.pass(2_500);
  assert.equal(session.state, "signed-in");
  await browser.pass(500);

  assert.equal(session.state, "signed-out");
});

test("an offline sign-out is sent by the next page", async (t) => {
  const browser = await openSignedIn(t);
  browser.server.isReachable = false;
  await browser.session.signOut();
  browser.server.isReachable = true;

  const next = await openTab(browser);

  assert.equal(next.state, "signed-out");
  assert.equal(browser.server.asked(SIGN_OUT).length, 2);
  assert.equal(browser.localStorage.getItem("sign-out-is-due"), null);
});

test("a sign-in in one tab signs in the others", async (t) => {
  const browser = await openStranger(t);
  const other = await openTab(browser);
  browser.server.on(SIGN_IN, { access: makeToken(ALICE.id) });
  browser.server.on(REFRESH, { access: makeToken(ALICE.id) });
  browser.server.on(ME, ALICE);

  await browser.session.signIn("a", "b");
  await settle();

  assert.deepEqual([other.state, other.user], ["signed-in", ALICE]);
});

test("a tab of another user reloads on a sign-in", async (t) => {
  const browser = await openSignedIn(t);
  new BroadcastChannel("session").postMessage({ type: "signed-in", userId: ALICE.id });
  await settle();
  assert.deepEqual(browser.place.loads, []);

  new BroadcastChannel("session").postMessage({ type: "signed-in", userId: BOB.id });
  await settle();

  assert.deepEqual(browser.place.loads, ["/messages"]);
});

test("a late sign-out event does not end the next session", async (t) => {
  const browser = await openSignedIn(t);
  browser.localStorage.setItem("sign-in", "2000");

  new BroadcastChannel("session").postMessage({ type: "signed-out", signIn: 1000 });
  await settle();
  assert.equal(browser.session.state, "signed-in");
  new BroadcastChannel("session").postMessage({ type: "signed-out", signIn: 2000 });
  await settle();

  assert.equal(browser.session.state, "signed-out");
});

test("a tab sends nothing with another user's cookie", async (t) => {
  const browser = await openSignedIn(t);
  browser.server.on(REFRESH, { access: makeToken(BOB.id) });

  await assert.rejects(browser.session.refresh(), { status: 401 });

  assert.deepEqual([browser.place.loads, kept(browser)], [["/messages"], null]);
});

test("accepting an invitation replaces the signed-in user", async (t) => {
  const browser = await openSignedIn(t);
  const seen = ends(browser.session);
  const joined = { access: makeToken(BOB.id), user: BOB, conversation_id: 7 };
  browser.server.on("POST /api/auth/invitations/accept/", joined);

  const person = { password: "p", first_name: "Bob", last_name: "Bell" };
  const conversationId = await browser.session.join({ code: "c", ...person });

  assert.equal(conversationId, 7);
  assert.deepEqual(seen, [{ userId: ALICE.id, reason: "replaced" }]);
  assert.deepEqual([browser.session.user, browser.session.generation], [BOB, 1]);
});

test("signing out while the user is loading stays signed out", async (t) => {
  const browser = await openStranger(t);
  const { server, session } = browser;
  server.on(SIGN_IN, { access: makeToken(ALICE.id) });
  const answer = server.hold(ME);

  const signedIn = session.signIn("a", "b");
  await settle();
  await session.signOut();
  answer(ALICE);

  await assert.rejects(signedIn, { status: 401 });
  assert.deepEqual([session.state, session.user], ["signed-out", null]);
});

test("a change of the profile is shown and stored", async (t) => {
  const browser = await openSignedIn(t);
  const names = [];
  browser.session.addEventListener("change", () => names.push(browser.session.user.first_name));

  browser.session.setUser({ ...ALICE, first_name: "Alicia" });

  assert.deepEqual([names, kept(browser).first_name], [["Alicia"], "Alicia"]);
});

test('a new token fires "token"', async (t) => {
  const { session } = await openSignedIn(t);
  const tokens = [];
  session.addEventListener("token", ({ detail }) => tokens.push(detail));

  await session.refresh();

  assert.deepEqual(tokens, [makeToken(ALICE.id)]);
});

// Impersonation
// ------------------------------------------------------------------------------
test("impersonation starts with a page load", async (t) => {
  const browser = await openSignedIn(t);
  browser.server.on("POST /api/trainer/impersonate/2/start/", { access: makeToken(BOB.id) });

  await browser.session.impersonate(2);

  assert.deepEqual(browser.place.loads, ["/messages"]);
  assert.deepEqual(JSON.parse(browser.sessionStorage.getItem("look")).by, ALICE);
});

test("impersonation shows the other account and stores nothing", async (t) => {
  const { session } = await openImpersonation(t);

  assert.deepEqual([session.user, session.impersonatedBy], [BOB, ALICE]);
  assert.deepEqual([session.isImpersonating, session.persistent], [true, false]);
  session.setUser({ ...BOB, first_name: "Rob" });
  assert.equal(await session.accessToken(), makeToken(BOB.id));
});

test("impersonation ignores sign-ins, and ends with a sign-out in another tab", async (t) => {
  const browser = await openImpersonation(t);
  const seen = ends(browser.session);

  new BroadcastChannel("session").postMessage({ type: "signed-in", userId: 99 });
  await settle();
  assert.deepEqual(browser.session.user, BOB);
  new BroadcastChannel("session").postMessage({ type: "signed-out", signIn: null });
  await settle();

  assert.deepEqual(seen, [{ userId: ALICE.id, reason: "elsewhere" }]);
  assert.equal(browser.sessionStorage.getItem("look"), null);
});

test("a refused impersonation is never refreshed", async (t) => {
  const browser = await openImpersonation(t);

  await assert.rejects(browser.session.refresh(), { status: 401 });

  assert.deepEqual(browser.place.loads, ["/trainees/2"]);
});

test("impersonation that starts while the server is unreachable retries every 3 s", async (t) => {
  const teach = ({ server }) => server.on(ME, refusal(503, "unavailable"));
  const browser = await openImpersonation(t, teach);
  assert.deepEqual([browser.session.state, browser.session.startError.status], ["starting", 503]);
  await browser.pass(3_000);
  browser.server.on(ME, BOB);

  await browser.pass(2_500);
  assert.equal(browser.session.state, "starting");
  await browser.pass(500);

  assert.deepEqual([browser.session.state, browser.session.startError], ["signed-in", null]);
});

test("impersonation that ends before its user is loaded stays ended", async (t) => {
  const browser = await openImpersonation(t, ({ server }) => server.on(ME, refusal(503, "unavailable")));
  browser.server.on(ME, BOB);
  new BroadcastChannel("session").postMessage({ type: "signed-out", signIn: null });

  await browser.pass(3_000);

  assert.deepEqual([browser.session.state, browser.session.user], ["signed-out", null]);
  assert.equal(browser.session.startError, null);
});

test("expired impersonation returns to the own account, once", async (t) => {
  const browser = await openImpersonation(t, ({ server }) => server.on(ME, refusal(401, "token_not_valid")));

  await browser.pass(10_000);

  assert.deepEqual(browser.place.loads, ["/"]);
});

test("ending impersonation revokes its token on the server first", async (t) => {
  const browser = await openImpersonation(t);
  browser.server.on("POST /api/trainer/impersonate/end/", refusal(503, "unavailable"));
  await assert.rejects(browser.session.endImpersonation(), { status: 503 });
  assert.deepEqual(browser.place.loads, []);

  browser.server.on("POST /api/trainer/impersonate/end/", refusal(404, "not_found"));
  await browser.session.endImpersonation();

  assert.deepEqual(browser.place.loads, ["/trainees/2"]);
});
