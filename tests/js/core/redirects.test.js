import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";

async function detourAt(t, path, session) {
  const { load } = openBrowser(t, { path });
  const { redirectFor, match } = await load("core/redirects.js", "core/routes.js");
  return redirectFor({ endReason: null, ...session }, match(new URL(location.href)));
}

const DETOURS = [
  ["sign-in returns to the requested page", "/messages/7?x=1", "signed-out", "/sign-in?next=%2Fmessages%2F7%3Fx%3D1"],
  ["the root redirects to the sign-in when signed out", "/", "signed-out", "/sign-in"],
  ["the messages redirect to the sign-in when signed out", "/messages", "signed-out", "/sign-in"],
  ["joining needs no sign-in", "/join", "signed-out", null],
  ["nothing redirects before the session has started", "/messages/7", "starting", null],
  ["a signed-in user stays on a screen", "/messages/7", "signed-in", null],
  ["the root redirects to the messages when signed in", "/", "signed-in", "/messages"],
  ["the sign-in redirects to the next path when signed in", "/sign-in?next=/trainees/3", "signed-in", "/trainees/3"],
  ["a next URL of another origin is ignored", "/sign-in?next=https://evil.example", "signed-in", "/messages"],
  ["a next path with two slashes is ignored", "/sign-in?next=//evil.example/messages", "signed-in", "/messages"],
  ["a next path with a backslash is ignored", "/sign-in?next=/\\evil.example/messages", "signed-in", "/messages"],
  ["a next path outside the client is ignored", "/sign-in?next=/admin/", "signed-in", "/messages"],
];

for (const [name, path, state, expected] of DETOURS) {
  test(name, async (t) => assert.equal(await detourAt(t, path, { state }), expected));
}

for (const endReason of ["signed-out", "elsewhere", "deleted"]) {
  test(`after a deliberate end (${endReason}) the next sign-in opens the default page`, async (t) => {
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
