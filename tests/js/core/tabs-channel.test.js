import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser, settle } from "../browser/open.js";

async function open(t) {
  const { TabChannel } = await openBrowser(t).load("core/tabs.js");
  const heard = [];
  return {
    heard,
    join(name, options) {
      const channel = new TabChannel(name, options);
      channel.addEventListener("message", ({ data }) => heard.push(data));
      return channel;
    },
  };
}

test("tabs receive messages of other tabs but not their own", async (t) => {
  const { heard, join } = await open(t);
  const [one, two] = [join("a"), join("a"), join("b")];

  one.post("from one");
  two.post("from two");
  await settle();

  assert.deepEqual(heard, ["from one", "from two"]);
});

test("a closed or isolated channel neither sends nor receives", async (t) => {
  const { heard, join } = await open(t);
  const [closed, alone] = [join("a"), join("a", { isAlone: true })];
  closed.close();
  alone.post("x");
  join("a").post("y");
  await settle();
  alone.close();

  assert.deepEqual(heard, []);
});

test("nothing fails without BroadcastChannel", async (t) => {
  const { heard, join } = await open(t);
  setGlobals({ BroadcastChannel: undefined });

  join("a").post("x");
  join("a").close();
  await settle();

  assert.deepEqual(heard, []);
});
