import assert from "node:assert/strict";
import { test } from "node:test";
import { OtherTyping, OwnTyping } from "../../../web/static/web/live/typing.js";

function startOwn(t) {
  let now = 1_000;
  t.mock.method(performance, "now", () => now);
  const said = [];
  const typing = new OwnTyping(({ type, is_typing }) => said.push([type, is_typing]));
  return { typing, said, pass: (ms) => (now += ms) };
}

test("a typing frame is sent at most every 3 s", (t) => {
  const { typing, said, pass } = startOwn(t);

  typing.type(true);
  pass(2_999);
  typing.type(true);
  assert.deepEqual(said, [["typing", true]]);
  pass(1);
  typing.type(true);

  assert.deepEqual(said, [["typing", true], ["typing", true]]);
});

test("the end of typing is sent once, and emptying the box does not reset the 3 s", (t) => {
  const { typing, said } = startOwn(t);

  typing.type(true);
  typing.type(false);
  typing.type(false);
  typing.stop();
  typing.type(true);

  assert.deepEqual(said, [["typing", true], ["typing", false]]);
});

test("the other person is typing until a frame ends it or for 4 s", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  const typing = new OtherTyping(() => seen.push(typing.isTyping));

  typing.show(true);
  t.mock.timers.tick(3_999);
  typing.show(true);
  t.mock.timers.tick(3_999);
  assert.deepEqual(seen, [true]);
  t.mock.timers.tick(1);
  typing.show(false);
  typing.show(true);
  typing.show(false);

  assert.deepEqual(seen, [true, false, true, false]);
});
