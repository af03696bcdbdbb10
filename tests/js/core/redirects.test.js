import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";

async function detourAt(t, path, session) {
  const { load } = openBrowser(t, { path });
  const { redirectFor, match } = await load("core/redirects.js", "core/routes.js");
  return redirectFor({ endReason: null, ...session }, match(new URL(location.href)));
}

const DETOURS = [
  ["a stranger signs in, and comes back", "/messages/7?x=1", "signed-out", "/sign-in?next=%2Fmessages%2F7%3Fx%3D1"],
  ["a stranger at the door just signs in", "/", "signed-out", "/sign-in"],
  ["a stranger at home just signs in", "/messages", "signed-out", "/sign-in"],
  ["a stranger may join", "/join", "signed-out", null],
  ["nobody is led anywhere before it is known who they are", "/messages/7", "starting", null],
  ["who is signed in sees their screens", "/messages/7", "signed-in", null],
  ["who is signed in starts with the messages", "/", "signed-in", "/messages"],
  ["who is signed in goes past the sign-in", "/sign-in?next=/trainees/3", "signed-in", "/trainees/3"],
  ["there is no way out to another site", "/sign-in?next=https://evil.example", "signed-in", "/messages"],
  ["there is no way out by two slashes", "/sign-in?next=//evil.example/messages", "signed-in", "/messages"],
  ["there is no way out by a backslash", "/sign-in?next=/\\evil.example/messages", "signed-in", "/messages"],
  ["nobody is led to nowhere", "/sign-in?next=/admin/", "signed-in", "/messages"],
];

for (const [name, path, state, expected] of DETOURS) {
  test(name, async (t) => assert.equal(await detourAt(t, path, { state }), expected));
}

for (const endReason of ["signed-out", "elsewhere"]) {
  test(`after an end on purpose (${endReason}) the next person starts afresh`, async (t) => {
    assert.equal(await detourAt(t, "/messages/7", { state: "signed-out", endReason }), "/sign-in");
  });
}

test("sign-in returns to the page where the server ended the session", async (t) => {
  const session = { state: "signed-out", endReason: "refused" };

  assert.equal(await detourAt(t, "/messages/7", session), "/sign-in?next=%2Fmessages%2F7");
});

test("redirects apply when the session or the route changes", async (t) => {
  const { load } = openBrowser(t, { path: "/messages/7" });
  const { startRedirects, router, Store } = await load("core/redirects.js", "core/router.js", "core/store.js");
  const session = Object.assign(new Store(), { state: "starting", endReason: null });
  startRedirects(session, router);
  assert.equal(location.pathname, "/messages/7");

  session.state = "signed-out";
  session.changed();
  assert.equal(location.pathname, "/sign-in");
  router.navigate("/trainees");
  assert.equal(location.search, "?next=%2Ftrainees");
  session.state = "signed-in";
  session.changed();

  assert.equal(location.pathname, "/trainees");
});
