import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { makeToken } from "../browser/people.js";
import { refusal } from "../browser/server.js";

const REFRESH = "POST /api/auth/jwt/refresh/";

/** Start a socket; `opened` lists the connections, and `live()` makes the newest one live. */
async function start(t, { prepare = () => {} } = {}) {
  const browser = await openSignedIn(t);
  await prepare(browser);
  const { LiveSocket } = await browser.load("live/socket.js");
  const socket = new LiveSocket(() => "/ws/messaging/?since=3");
  const events = [];
  socket.addEventListener("state", () => events.push(socket.state));
  socket.addEventListener("gone", () => events.push("gone"));
  socket.addEventListener("frame", ({ detail }) => events.push(detail.type));
  t.after(() => socket.stop());
  socket.start();
  await settle();
  const { opened } = browser.WebSocket;
  const live = () => {
    opened.at(-1).accept();
    opened.at(-1).deliver({ type: "pong", version: 3 });
  };
  return { browser, socket, events, opened, live };
}

/** Set the clock to just before the token's expiry without firing timers, as after a sleep. */
function letTokenEnd(t) {
  t.mock.timers.setTime(Date.now() + 299_000);
}

test("a socket sends the token and a ping, and is live with the first frame", async (t) => {
  const { browser, socket, events, opened, live } = await start(t);
  const [{ url, protocols, sent }] = opened;
  assert.equal(url.href, "wss://app.example/ws/messaging/?since=3");
  assert.deepEqual(protocols, ["bearer", makeToken(1)]);
  assert.equal(socket.send({ type: "typing" }), false);

  live();

  assert.deepEqual(events, ["online", "pong"]);
  assert.equal(socket.send({ type: "read" }), true);
  assert.deepEqual(sent.map(({ type }) => type), ["ping", "read"]);
  await browser.pass(20_000);
  assert.equal(sent.at(-1).type, "ping");
});

test("an open socket sends each new token", async (t) => {
  const { browser, opened, live } = await start(t);
  live();

  await browser.session.refresh();
  await settle();

  assert.deepEqual(opened[0].sent.at(-1), { type: "authenticate", token: makeToken(1) });
});

test("no token is sent if it cannot be refreshed", async (t) => {
  const { browser, opened, live } = await start(t);
  live();
  letTokenEnd(t);
  browser.server.on(REFRESH, refusal(503, "unavailable"));

  browser.session.dispatchEvent(new CustomEvent("token"));
  await settle();

  assert.equal(opened[0].sent.at(-1).type, "ping");
});

test("a lost socket reconnects with a growing delay", async (t) => {
  const { browser, socket, events, opened, live } = await start(t);
  t.mock.method(Math, "random", () => 1);
  live();
  opened[0].hangUp(1006);
  assert.deepEqual([events.at(-1), socket.failures], ["reconnecting", 1]);

  for (const wait of [500, 1_000, 2_000]) {
    const before = opened.length;
    await browser.pass(wait - 1);
    assert.equal(opened.length, before);
    await browser.pass(1);
    assert.equal(opened.length, before + 1);
    opened.at(-1).hangUp(1006);
  }
  await browser.pass(4_000);
  live();

  assert.deepEqual([socket.state, socket.failures], ["online", 0]);
});

test("a connection that takes more than 8 s has failed", async (t) => {
  const { browser, socket, opened } = await start(t);

  await browser.pass(7_500);
  assert.equal(socket.failures, 0);
  await browser.pass(500);
  assert.equal(socket.failures, 1);
  await browser.pass(1_000);

  assert.equal(opened.length, 2);
  opened[0].deliver({ type: "pong" });
  assert.equal(socket.state, "reconnecting");
});

test("a silent socket is replaced", async (t) => {
  const { browser, socket, opened, live } = await start(t);
  live();
  await browser.pass(20_000);

  await browser.pass(8_000);
  assert.equal(socket.state, "reconnecting");
  await browser.pass(1_000);

  assert.equal(opened.length, 2);
});

test("an open socket is checked with a shorter timeout on return to the page", async (t) => {
  const { browser, opened, live } = await start(t);
  live();
  const before = opened[0].sent.length;

  browser.show("hidden");
  browser.show();
  assert.equal(opened[0].sent.length, before + 1);
  await browser.pass(5_000);

  assert.equal(opened.length, 2);
});

test("a hidden page reconnects when it becomes visible", async (t) => {
  const { browser, socket, opened, live } = await start(t);
  live();
  browser.show("hidden");
  opened[0].hangUp(1006);
  await browser.pass(60_000);
  assert.equal(opened.length, 1);

  browser.show();
  await settle();

  assert.deepEqual([opened.length, socket.failures], [2, 0]);
  browser.show();
  await settle();
  assert.equal(opened.length, 2, "a connection that comes about is left alone");
});

test("a socket is offline until the network returns", async (t) => {
  const { browser, socket, events, opened, live } = await start(t);
  live();
  browser.server.isReachable = false;
  browser.navigator.onLine = false;

  browser.fire("offline");
  await settle();
  assert.equal(socket.state, "offline");
  browser.server.isReachable = true;
  browser.fire("online");
  await settle();
  assert.equal(socket.state, "reconnecting");
  live();

  assert.equal(events.at(-2), "online");
  assert.equal(opened.at(-1).readyState, 1);
});

test("a page that opens without a network is offline", async (t) => {
  const prepare = async (browser) => {
    const { network } = await browser.load("core/network.js");
    browser.navigator.onLine = false;
    network.reportFailure();
  };

  const { events } = await start(t, { prepare });

  assert.equal(events[0], "offline");
});

test("4003 ends the socket for good", async (t) => {
  const { browser, events, opened } = await start(t);

  opened[0].hangUp(4003);
  await browser.pass(60_000);

  assert.deepEqual([events, opened.length], [["closed", "gone"], 1]);
});

test("4001 refreshes the token and reconnects at once", async (t) => {
  const { browser, opened, live } = await start(t);
  live();
  const before = browser.server.asked(REFRESH).length;

  opened[0].hangUp(4001);
  await settle();

  assert.deepEqual([browser.server.asked(REFRESH).length, opened.length], [before + 1, 2]);
});

test("a second 4001 reconnects with a delay", async (t) => {
  const { browser, opened } = await start(t);
  opened[0].hangUp(4001);
  await settle();

  opened[1].hangUp(4001);
  await settle();
  assert.equal(opened.length, 2);
  await browser.pass(1_500);

  assert.equal(opened.length, 3);
});

test("4001 with a failed refresh reconnects later", async (t) => {
  const { browser, opened } = await start(t);
  browser.server.on(REFRESH, refusal(503, "unavailable"));

  opened[0].hangUp(4001);
  await settle();
  assert.equal(opened.length, 1);
  await browser.pass(1_000);

  assert.equal(opened.length, 2);
});

test("a socket stopped on failure does not reconnect", async (t) => {
  const { browser, socket, opened } = await start(t);
  socket.addEventListener("failure", () => socket.stop());

  opened[0].hangUp(1006);
  await browser.pass(10_000);

  assert.deepEqual([socket.state, opened.length], ["closed", 1]);
});

test("a token refresh that ends after the stop opens no socket", async (t) => {
  const { browser, socket, opened } = await start(t);
  const answer = browser.server.hold(REFRESH);
  opened[0].hangUp(4001);
  await settle();

  socket.stop();
  answer({ access: makeToken(1) });
  await browser.pass(10_000);

  assert.deepEqual([opened.length, socket.state], [1, "closed"]);
});

test("a connection without a token is tried again later", async (t) => {
  const prepare = ({ server }) => {
    letTokenEnd(t);
    server.on(REFRESH, refusal(503, "unavailable"));
  };
  const { browser, socket, opened } = await start(t, { prepare });
  assert.deepEqual([opened.length, socket.failures], [0, 1]);

  browser.server.on(REFRESH, { access: makeToken(1) });
  await browser.pass(1_000);

  assert.equal(opened.length, 1);
});

for (const late of [{ access: makeToken(1) }, refusal(503, "unavailable")]) {
  test(`a token that arrives after the stop is not used (${late.status ?? 200})`, async (t) => {
    let answer;
    const prepare = ({ server }) => {
      letTokenEnd(t);
      answer = server.hold(REFRESH);
    };
    const { browser, socket, opened } = await start(t, { prepare });

    socket.stop();
    answer(late);
    await browser.pass(10_000);

    assert.deepEqual([opened.length, socket.failures], [0, 0]);
  });
}

test("a page closes its socket when left, and reconnects when restored", async (t) => {
  const { browser, socket, opened, live } = await start(t);
  live();

  browser.fire("pagehide");
  assert.deepEqual([opened[0].readyState, socket.state], [3, "reconnecting"]);
  await browser.pass(60_000);
  assert.equal(opened.length, 1);
  browser.fire("pageshow", { persisted: true });
  await settle();

  assert.equal(opened.length, 2);
});
