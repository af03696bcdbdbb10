import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { ALICE, BOB, makeConversation } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const ME = "GET /api/auth/users/me/";

async function start(t, me) {
  const browser = await openSignedIn(t, { me });
  const page = { results: [makeConversation(7)], next: null, count: 1 };
  browser.server.on("GET /api/messaging/conversations/", page);
  const modules = await browser.load("core/session.js", "live/inbox.js", "live/own-trainer.js");
  const { inbox, session, followOwnTrainer } = modules;
  t.after(() => inbox.stop());
  followOwnTrainer();
  inbox.start();
  await settle();
  const archive = async () => {
    inbox.put(makeConversation(7, { version: 11, is_archived: true }));
    await settle();
  };
  return { server: browser.server, session, archive };
}

test("a trainee whose conversation ended has no trainer any more", async (t) => {
  const { server, session, archive } = await start(t, { ...BOB, trainer: ALICE });
  server.on(ME, { ...BOB, trainer: null });

  await archive();

  assert.equal(session.user.trainer, null);
});

test("without an answer the trainee's account stays as it is", async (t) => {
  const { server, session, archive } = await start(t, { ...BOB, trainer: ALICE });
  server.on(ME, refusal(503, "unavailable"));

  await archive();

  assert.deepEqual(session.user.trainer, ALICE);
});

test("a trainer's account is not loaded again", async (t) => {
  const { server, archive } = await start(t, ALICE);
  const before = server.asked(ME).length;

  await archive();

  assert.equal(server.asked(ME).length, before);
});
