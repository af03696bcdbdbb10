import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn } from "../browser/open.js";
import { makeMessage, makePage } from "../browser/people.js";

const AT = "GET /api/messaging/conversations/7/messages/?at=";

test("a day begins at midnight of the reader's time zone, also when clocks change", async (t) => {
  const { server, load } = await openSignedIn(t);
  const { findFirstMessage } = await load("live/first-message-of-day.js");
  server.on(`${AT}2026-02-15T05%3A00%3A00.000Z&limit=1`, makePage([makeMessage(4)]));
  server.on(`${AT}2026-07-15T04%3A00%3A00.000Z&limit=1`, makePage([makeMessage(5)]));
  server.on(`${AT}2027-01-01T05%3A00%3A00.000Z&limit=1`, makePage([]));

  assert.equal(await findFirstMessage(7, "2026-02-15"), 4);
  assert.equal(await findFirstMessage(7, "2026-07-15"), 5);
  assert.equal(await findFirstMessage(7, "2027-01-01"), null);
});
