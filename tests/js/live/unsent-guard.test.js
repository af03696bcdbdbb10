import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { ALICE, makeMessage } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const SEND = "POST /api/messaging/conversations/7/send/";

async function start(t) {
  const browser = await openSignedIn(t);
  const persist = t.mock.fn(async () => true);
  browser.navigator.storage = { persist };
  browser.server.on(SEND, ({ body }) => makeMessage(1, body));
  const { outbox, guardUnsent } = await browser.load("live/outbox.js", "live/unsent-guard.js");
  guardUnsent();
  await outbox.start(ALICE.id);
  t.after(() => outbox.stop());
  const write = (content) => outbox.add({ conversation_id: 7, content }).then(settle);
  /** Return whether the browser would ask before it closes the page. */
  const isAsking = () => {
    const event = new Event("beforeunload", { cancelable: true });
    browser.window.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { browser, outbox, persist, write, isAsking };
}

test("the browser is asked once to keep data, when a message has to wait", async (t) => {
  const { browser, persist, write, isAsking } = await start(t);
  await write("sent at once");
  assert.equal(persist.mock.callCount(), 0);

  browser.server.on(SEND, refusal(503, "unavailable"));
  await write("waiting");
  await write("waiting, too");

  assert.deepEqual([persist.mock.callCount(), isAsking()], [1, false]);
});

test("a message that is written offline has to wait, and a browser may refuse", async (t) => {
  const { browser, outbox, persist, write } = await start(t);
  persist.mock.mockImplementation(() => Promise.reject(new TypeError("Storage is blocked.")));
  browser.server.isReachable = false;
  browser.navigator.onLine = false;
  browser.fire("offline");
  await settle();

  await write("in a tunnel");

  assert.deepEqual([persist.mock.callCount(), outbox.size], [1, 1]);
});

test("a page asks before it closes while it has the only copy of a message", async (t) => {
  const { browser, outbox, write, isAsking } = await start(t);
  t.mock.method(console, "warn", () => {});
  t.mock.method(IDBObjectStore.prototype, "put", () => {
    throw new DOMException("Full.", "QuotaExceededError");
  });
  browser.server.on(SEND, refusal(400, "invalid"));
  assert.equal(isAsking(), false);

  await write("refused and not stored");
  assert.equal(isAsking(), true);
  await outbox.remove(outbox.all()[0].client_id);
  await settle();

  assert.equal(isAsking(), false);
});
