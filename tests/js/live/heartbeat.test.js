import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../../../web/static/web/live/heartbeat.js";

function start(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const events = [];
  const ping = () => events.push("ping");
  const onSilence = () => events.push("silence");
  return { heart: new Heartbeat({ ping, onSilence }), events, tick: (ms) => t.mock.timers.tick(ms) };
}

test("an answering connection is pinged every 20 s", (t) => {
  const { heart, events, tick } = start(t);

  heart.start();
  for (let round = 0; round < 3; round += 1) {
    heart.heard();
    tick(20_000);
  }

  assert.deepEqual(events, ["ping", "ping", "ping", "ping"]);
});

test("a connection that does not answer within 8 s is silent", (t) => {
  const { heart, events, tick } = start(t);
  heart.start();

  tick(7_999);
  assert.deepEqual(events, ["ping"]);
  tick(1);

  assert.deepEqual(events, ["ping", "silence"]);
});

test("no second ping is sent while an answer is due", (t) => {
  const { heart, events } = start(t);

  heart.beat();
  heart.beat();

  assert.deepEqual(events, ["ping"]);
});

test("a check on return to the page times out after 4 s, whatever was due", (t) => {
  const { heart, events, tick } = start(t);
  heart.beat();
  tick(7_000);

  heart.wake();
  tick(3_999);
  assert.deepEqual(events, ["ping", "ping"]);
  tick(1);

  assert.deepEqual(events, ["ping", "ping", "silence"]);
});

test("a stopped heartbeat neither pings nor times out", (t) => {
  const { heart, events, tick } = start(t);
  heart.start();

  heart.stop();
  tick(60_000);

  assert.deepEqual(events, ["ping"]);
});
