import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const ME = "GET /api/auth/users/me/";

async function start(t, me, { isLate = false, rows = [makeConversation(7)] } = {}) {
  const browser = await openSignedIn(t, { me });
  const page = { results: rows, next: null, count: rows.length };
  browser.server.on("GET /api/messaging/conversations/", page);
  const modules = await browser.load("core/session.js", "live/inbox.js", "live/own-trainer.js");
  const { inbox, session, followOwnTrainer } = modules;
  t.after(() => inbox.stop());
  if (!isLate) followOwnTrainer();
  inbox.start();
  await settle();
  const archive = async () => {
    inbox.put(makeConversation(7, { version: 11, is_archived: true }));
    await settle();
  };
  const change = async () => {
    inbox.changed();
    await settle();
  };
  return { server: browser.server, session, archive, change, followOwnTrainer };
}

test("a trainee whose conversation ended has no trainer any more", async (t) => {
  const { server, session, archive } = await start(t, { ...BOB, trainer: ALICE });
  server.on(ME, { ...BOB, trainer: null });

  await archive();

  assert.equal(session.user.trainer, null);
});

test("also if it ended before this module was loaded", async (t) => {
  const bob = { ...BOB, trainer: ALICE };
  const { server, session, archive, followOwnTrainer } = await start(t, bob, { isLate: true });
  server.on(ME, { ...BOB, trainer: null });
  await archive();

  followOwnTrainer();
  await settle();

  assert.equal(session.user.trainer, null);
});

test("without an answer the trainee's account stays as it is", async (t) => {
  const { server, session, archive } = await start(t, { ...BOB, trainer: ALICE });
  server.on(ME, refusal(503, "unavailable"));

  await archive();

  assert.deepEqual(session.user.trainer, ALICE);
});

test("the server is asked once about a trainer who has not written yet", async (t) => {
  const options = { rows: [] };
  const { server, session, change } = await start(t, { ...BOB, trainer: ALICE }, options);
  const before = server.asked(ME).length;

  await change();
  assert.equal(server.asked(ME).length, before);
  session.setUser({ ...BOB, trainer: { ...ALICE, id: 3 } });
  await change();

  assert.equal(server.asked(ME).length, before + 1);
});

test("a trainer's account is not loaded again", async (t) => {
  const { server, archive } = await start(t, ALICE);
  const before = server.asked(ME).length;

  await archive();

  assert.equal(server.asked(ME).length, before);
});
