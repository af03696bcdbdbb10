import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser, openImpersonation, openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeMessage, makeToken } from "../browser/people.js";
import { json, refusal } from "../browser/server.js";

const PATH = "/api/messaging/conversations/7/messages/5/";
const [EDIT, DELETE] = [`PATCH ${PATH}`, `DELETE ${PATH}`];
const LIKE = `PUT ${PATH}reactions/${encodeURIComponent("👍")}/`;
const UNLIKE = `DELETE ${PATH}reactions/${encodeURIComponent("👍")}/`;
const own = makeMessage(5, { reactions: [] });

/** Start the changes of a signed-in page. */
async function start(t, browser) {
  const opened = browser ?? (await openSignedIn(t));
  const modules = await opened.load("live/changes.js", "live/account.js");
  await modules.changes.start();
  const heard = { sent: [], failed: [] };
  modules.changes.addEventListener("sent", ({ detail }) => heard.sent.push(detail.message));
  modules.changes.addEventListener("failed", ({ detail }) => heard.failed.push(detail));
  t.after(() => modules.changes.stop());
  const shown = (message = own) => modules.changes.applyTo(7, [message])[0];
  return { browser: opened, server: opened.server, heard, shown, ...modules };
}

/** Start the changes again, as the next page does. */
async function startNext(t, browser) {
  const load = browser.openTab();
  const { session } = await load("core/session.js");
  await session.start();
  await settle();
  return start(t, Object.assign(browser, { load }));
}

test("an edit is shown at once and becomes what the server responds", async (t) => {
  const { server, changes, heard, shown } = await start(t);
  const answer = server.hold(EDIT);

  changes.edit(own, "new");
  await settle();
  assert.deepEqual([shown().content, shown().isChanging, Boolean(shown().edited_at)], ["new", true, true]);
  assert.equal(shown(), shown());
  answer(makeMessage(5, { content: "new", edited_at: "now", version: 11 }));
  await settle();

  assert.deepEqual(server.asked(EDIT), [{ content: "new" }]);
  assert.deepEqual(heard.sent.map(({ version }) => version), [11]);
  assert.deepEqual([shown(), changes.list()], [own, []]);
});

test("requests outlive the page", async (t) => {
  const { server, changes } = await start(t);
  server.on(EDIT, own);

  changes.edit(own, "new");
  await settle();

  assert.equal(server.requests.at(-1).options.keepalive, true);
});

test("a deletion hides the text at once, and is sent after 5 s", async (t) => {
  const { browser, server, changes, shown } = await start(t);
  server.on(DELETE, json(undefined, { status: 200 }));

  changes.delete(own);
  await browser.pass(4_500);
  assert.deepEqual([shown().content, shown().is_deleted, server.asked(DELETE)], ["", true, []]);
  await browser.pass(1_000);

  assert.equal(server.asked(DELETE).length, 1);
  // The frame with the deletion may be later.
  assert.deepEqual([shown().content, shown().isChanging, shown() === shown()], ["", undefined, true]);
  assert.equal(shown(makeMessage(4)).content, "message 4");
});

test("an undone deletion is never sent", async (t) => {
  const { browser, changes, shown } = await start(t);

  changes.delete(own);
  await browser.pass(3_000);
  assert.deepEqual([changes.canUndo(5), changes.canUndo(4)], [true, false]);
  assert.equal(changes.undo(5), true);
  await browser.pass(10_000);

  assert.deepEqual([shown(), changes.undo(5)], [own, false]);
});

test("a deletion that was sent cannot be undone", async (t) => {
  const { browser, server, changes } = await start(t);
  server.hold(DELETE);
  changes.delete(own);

  await browser.pass(6_000);

  assert.deepEqual([changes.canUndo(5), changes.undo(5)], [false, false]);
});

test("who leaves the conversation or the page deletes at once", async (t) => {
  const { browser, server, changes } = await start(t);
  server.on(DELETE, json());

  changes.delete(own);
  changes.hurry();
  await settle();
  assert.equal(server.asked(DELETE).length, 1);
  changes.delete(makeMessage(7));
  server.on("DELETE /api/messaging/conversations/7/messages/7/", json());
  await settle();
  browser.fire("pagehide");
  await settle();

  assert.equal(server.asked("DELETE /api/messaging/conversations/7/messages/7/").length, 1);
  changes.hurry();
});

test("a deletion discards earlier changes of the message", async (t) => {
  const { server, changes } = await start(t);
  server.isReachable = false;
  changes.edit(own, "new");
  changes.react(own, "👍", true);
  changes.edit(makeMessage(4), "other");

  changes.delete(own);

  assert.deepEqual(changes.list().map(({ kind, message_id }) => [kind, message_id]), [["edit", 4], ["delete", 5]]);
});

test("the snapshot on the device forgets the text, and quotes of it", async (t) => {
  const { server, changes, account } = await start(t);
  server.on(DELETE, json());
  const quote = { id: 5, sender: ALICE, preview: "message 5", is_deleted: false };
  await account.db.put("threads", { id: 7, version: 9, messages: [own, makeMessage(6, { reply_to: quote })] });

  changes.delete(own);
  changes.hurry();
  await settle();

  const { messages } = await account.db.get("threads", 7);
  assert.doesNotMatch(JSON.stringify(messages), /message 5/);
});

test("reactions are toggled at once, for the user alone", async (t) => {
  const { server, changes, shown } = await start(t);
  server.hold(LIKE);
  server.hold(UNLIKE);
  const liked = makeMessage(5, { reactions: [{ emoji: "👍", user_ids: [BOB.id] }, { emoji: "💪", user_ids: [ALICE.id] }] });

  changes.react(own, "👍", true);
  assert.deepEqual(shown().reactions, [{ emoji: "👍", user_ids: [ALICE.id] }]);
  assert.deepEqual(shown(liked).reactions[0].user_ids, [BOB.id, ALICE.id]);
  changes.react(own, "👍", false);
  assert.deepEqual(shown(liked).reactions[0].user_ids, [BOB.id]);
  assert.deepEqual(shown(makeMessage(5)).reactions, []);
  changes.react(own, "💪", false);

  assert.deepEqual(shown(liked).reactions, [{ emoji: "👍", user_ids: [BOB.id] }]);
});

test("the last of two opposite reactions wins, even if the first is under way", async (t) => {
  const { server, changes, shown } = await start(t);
  const answer = server.hold(LIKE);
  server.on(UNLIKE, makeMessage(5, { reactions: [] }));

  changes.react(own, "👍", true);
  await settle();
  changes.react(own, "👍", false);
  answer(makeMessage(5, { reactions: [{ emoji: "👍", user_ids: [ALICE.id] }] }));
  await settle();

  assert.deepEqual([server.asked(LIKE).length, server.asked(UNLIKE).length, changes.list()], [1, 1, []]);
  assert.deepEqual(shown().reactions, []);
});

test("without a network changes wait, in order, and are sent once it returns", async (t) => {
  const { browser, server, changes, heard, shown } = await start(t);
  server.on(EDIT, own);
  server.on(LIKE, own);
  server.isReachable = false;

  changes.edit(own, "new");
  changes.react(own, "👍", true);
  await browser.pass(1_000);
  assert.deepEqual([shown().content, heard.failed], ["new", []]);
  server.isReachable = true;
  browser.fire("online");
  await settle();

  assert.deepEqual([changes.list(), shown()], [[], own]);
  assert.deepEqual(server.requests.slice(-2).map(({ method }) => method), ["PATCH", "PUT"]);
});

test("a throttled change waits as long as the server says", async (t) => {
  const { browser, server, changes, shown } = await start(t);
  server.on(EDIT, () => refusal(429, "throttled", { "Retry-After": "7" }));
  changes.edit(own, "new");
  await settle();
  server.on(EDIT, own);

  await browser.pass(6_000);
  assert.equal(shown().content, "new");
  await browser.pass(2_000);

  assert.deepEqual([server.asked(EDIT).length, changes.list()], [2, []]);
});

test("a refused change is taken back, and reported", async (t) => {
  const { server, changes, heard, shown } = await start(t);
  server.on(EDIT, refusal(403, "edit_window_over"));

  changes.edit(own, "new");
  await settle();

  assert.deepEqual([shown(), changes.list()], [own, []]);
  assert.deepEqual(heard.failed.map(({ change, error }) => [change.content, error.code]), [["new", "edit_window_over"]]);
});

test("the next page sends what this one could not", async (t) => {
  const { browser, server, changes } = await start(t);
  server.on(EDIT, own);
  server.isReachable = false;
  changes.edit(own, "new");
  await settle();
  changes.stop();
  server.isReachable = true;

  const next = await startNext(t, browser);
  await settle();

  assert.deepEqual([server.asked(EDIT).at(-1), next.changes.list()], [{ content: "new" }, []]);
});

test("a deletion that another tab has undone meanwhile is not sent", async (t) => {
  const { browser, changes } = await start(t);
  changes.delete(own);
  await settle();
  const other = await startNext(t, browser);
  assert.equal(other.changes.list().length, 1);

  changes.undo(5);
  await browser.pass(10_000);

  assert.deepEqual(other.changes.list(), []);
});

test("what is stored does not replace a newer change of this page", async (t) => {
  const { browser, server, changes } = await start(t);
  server.isReachable = false;
  changes.edit(own, "old");
  await settle();
  const load = browser.openTab();
  const { session } = await load("core/session.js");
  await session.start();
  const next = await load("live/changes.js");
  t.after(() => next.changes.stop());

  const starting = next.changes.start();
  next.changes.edit(own, "new");
  await starting;

  assert.deepEqual(next.changes.list().map(({ content }) => content), ["new"]);
});

test("nothing is sent with the token of another user", async (t) => {
  const { browser, server, changes } = await start(t);
  server.on("POST /api/auth/jwt/refresh/", () => ({ access: makeToken(BOB.id) }));
  await browser.pass(600_000);

  changes.edit(own, "new");
  await settle();

  assert.deepEqual(server.asked(EDIT), []);
});

test("there is no sender before somebody has signed in", async (t) => {
  const { changes } = await openBrowser(t).load("live/changes.js");

  assert.equal(changes.prepare(), null);
});

test("an impersonation changes nothing", async (t) => {
  const { changes, shown } = await start(t, await openImpersonation(t));

  changes.edit(own, "new");

  assert.deepEqual([shown(), changes.list()], [own, []]);
});

test("a response after the sign-out is ignored", async (t) => {
  const { server, changes, heard } = await start(t);
  const answer = server.hold(EDIT);
  changes.edit(own, "new");
  await settle();

  changes.stop();
  answer(own);
  await settle();

  assert.deepEqual([heard.sent, changes.list()], [[], []]);
});
