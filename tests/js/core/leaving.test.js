import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { ALICE } from "../browser/people.js";
import { json, refusal } from "../browser/server.js";

const DELETE = "POST /api/users/profiles/delete-account/";
const REFRESH = "POST /api/auth/jwt/refresh/";
const SIGN_OUT = "POST /api/auth/jwt/blacklist/";
const ANSWER = { password: "secret", messages: "keep" };

async function start(t) {
  const browser = await openSignedIn(t);
  const { leave } = await browser.load("core/leaving.js");
  const ends = [];
  browser.session.addEventListener("ended", ({ detail }) => ends.push(detail));
  browser.server.on(SIGN_OUT, json());
  return Object.assign(browser, { leave, ends });
}

/** Answer like a server that has ended the session. */
function endSession({ server }) {
  server.on(REFRESH, refusal(401, "token_not_valid"));
}

test("deleting the account ends the session with a reason of its own", async (t) => {
  const { server, session, leave, ends, localStorage } = await start(t);
  server.on(DELETE, { success: true });

  await leave(ANSWER);

  assert.deepEqual(ends, [{ userId: ALICE.id, reason: "deleted" }]);
  assert.deepEqual([session.state, session.endReason], ["signed-out", "deleted"]);
  assert.deepEqual([localStorage.getItem("me"), server.asked(DELETE)], [null, [ANSWER]]);
});

test("requests that the server refuses meanwhile do not end the session for another reason", async (t) => {
  const browser = await start(t);
  const { server, session, leave, ends } = browser;
  const answer = server.hold(DELETE);
  session.beforeSignOut(() => session.refresh());
  const leaving = leave(ANSWER);
  await settle();
  endSession(browser);

  await assert.rejects(session.refresh(), { status: 401 });
  assert.equal(session.state, "signed-in");
  answer({ success: true });
  await leaving;

  assert.deepEqual(ends.map(({ reason }) => reason), ["deleted"]);
});

test("a wrong password changes nothing", async (t) => {
  const browser = await start(t);
  const { server, session, leave, ends } = browser;
  server.on(DELETE, json({ password: ["This is not your current password."] }, { status: 400 }));

  await assert.rejects(leave(ANSWER), { status: 400 });

  assert.deepEqual([session.state, ends], ["signed-in", []]);
  endSession(browser);
  await assert.rejects(session.refresh(), { status: 401 });
  assert.equal(session.endReason, "refused");
});

test("a session that had ended before ends here too", async (t) => {
  const browser = await start(t);
  const { server, session, leave } = browser;
  server.on(DELETE, refusal(401, "token_not_valid"));
  endSession(browser);

  await assert.rejects(leave(ANSWER), { status: 401 });

  assert.deepEqual([session.state, session.endReason], ["signed-out", "refused"]);
});
