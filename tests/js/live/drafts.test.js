import assert from "node:assert/strict";
import { test } from "node:test";
import { openImpersonation, openSignedIn, settle, startSession } from "../browser/open.js";

const NAMES = ["live/drafts.js", "live/outbox.js", "live/account.js"];

async function open(t, openBrowser = openSignedIn) {
  const browser = await openBrowser(t);
  /** Open a tab, in which `box(name)` opens a composer's draft that counts its changes. */
  async function join() {
    const tab = await startSession(browser.openTab(), ...NAMES);
    const box = async (name = 7) => {
      const draft = new tab.Draft(name);
      t.after(() => draft.close());
      draft.changes = 0;
      draft.addEventListener("change", () => (draft.changes += 1));
      await settle();
      return draft;
    };
    return { box, ...tab };
  }
  const stored = async ({ account }) => (await account.db.getAll("drafts")).sort();
  return { browser, join, stored };
}

const isFirst = { content: "hello", conversation_id: 7, trainee_id: null };

test("a draft is stored, and restored when the composer opens again", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  const first = await tab.box();
  assert.deepEqual([first.text, first.changes], ["", 0]);

  for (const text of ["h", "he", "hello"]) first.write(text);
  await settle();
  const again = await tab.box();

  assert.deepEqual([again.text, again.changes], ["hello", 1]);
  assert.equal((await tab.box(8)).text, "");
});

test("an empty draft is deleted", async (t) => {
  const { join, stored } = await open(t);
  const tab = await join();
  const box = await tab.box();

  box.write("");
  box.write("hello");
  box.write("");
  await settle();

  assert.deepEqual(await stored(tab), []);
  assert.equal((await tab.box()).text, "");
});

test("a composer opens with its tab's last draft, else the newest", async (t) => {
  const { browser, join, stored } = await open(t);
  const [one, two] = [await join(), await join()];
  const [first, second] = [await one.box(), await two.box()];
  first.write("first");
  await browser.pass(1_000);
  second.write("second");
  await settle();
  assert.deepEqual(await stored(one), ["first", "second"]);

  browser.sessionStorage.removeItem("drafts");
  assert.equal((await one.box()).text, "second");
  first.write("first again");
  await settle();

  assert.equal((await one.box()).text, "first again");
});

test("an unedited composer follows edits in another tab", async (t) => {
  const { join, stored } = await open(t);
  const [one, two] = [await join(), await join()];
  const writer = await one.box();
  writer.write("hello");
  await settle();
  const reader = await two.box();

  writer.write("hello there");
  await settle();
  assert.deepEqual([reader.text, reader.changes], ["hello there", 2]);
  writer.write("");
  await settle();

  assert.deepEqual([reader.text, await stored(one)], ["", []]);
});

test("two tabs that edit one draft have separate drafts from then on", async (t) => {
  const { join, stored } = await open(t);
  const [one, two] = [await join(), await join()];
  const first = await one.box();
  first.write("hello");
  await settle();
  const second = await two.box();

  second.write("hello from two");
  await settle();
  assert.deepEqual([first.text, second.text], ["hello", "hello from two"]);

  assert.deepEqual(await stored(one), ["hello", "hello from two"]);
});

test("an empty composer stays empty when another tab writes", async (t) => {
  const { join } = await open(t);
  const [one, two] = [await join(), await join()];
  const [writer, empty] = [await one.box(), await two.box()];

  writer.write("hello");
  await settle();

  assert.deepEqual([empty.text, empty.changes], ["", 0]);
});

test("a text sent in one tab is removed from all composers that show it", async (t) => {
  const { join, stored } = await open(t);
  const tab = await join();
  const [same, other] = [await tab.box(), await tab.box(8)];
  same.write(" hello ");
  other.write("hello");
  const added = (detail) => tab.outbox.dispatchEvent(new CustomEvent("added", { detail }));

  added({ ...isFirst, content: "something else" });
  assert.equal(same.text, " hello ");
  added(isFirst);
  await settle();

  assert.deepEqual([same.text, same.changes, other.text], ["", 1, "hello"]);
  assert.deepEqual(await stored(tab), ["hello"]);
});

test("a sent text is removed from all drafts of the conversation", async (t) => {
  const { browser, join, stored } = await open(t);
  const [one, two] = [await join(), await join()];
  const [first, second] = [await one.box(), await two.box()];
  first.write("hello");
  await browser.pass(1_000);
  second.write("hello");
  await settle();
  assert.deepEqual(await stored(one), ["hello", "hello"]);

  first.write("");
  await first.sent("hello ");
  await settle();

  assert.deepEqual(await stored(one), []);
});

test("a first message sent in another tab clears the trainee's composer", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  const [same, other] = [await tab.box("trainee-2"), await tab.box("trainee-3")];
  same.write("hello");
  other.write("hello");

  const detail = { content: "hello", conversation_id: null, trainee_id: 2 };
  tab.outbox.dispatchEvent(new CustomEvent("added", { detail }));

  assert.deepEqual([same.text, other.text], ["", "hello"]);
});

test("a draft to a trainee moves to the created conversation", async (t) => {
  const { join, stored } = await open(t);
  const tab = await join();
  const draft = await tab.box("trainee-2");
  draft.write("hello");

  draft.move(7);
  await settle();

  assert.deepEqual([await stored(tab), (await tab.box("trainee-2")).text], [["hello"], ""]);
  assert.equal((await tab.box(7)).text, "hello");
});

test("a draft to a trainee is found in a conversation created elsewhere", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  (await tab.box("trainee-2")).write("hello");
  await settle();
  const box = await tab.box(7);
  assert.equal(box.text, "");

  box.setTrainee(2);
  box.setTrainee(2);
  await settle();
  assert.equal(box.text, "hello");
  const busy = await tab.box(8);
  busy.write("other");
  busy.setTrainee(2);
  await settle();

  assert.equal(busy.text, "other");
});

test("text typed while the stored draft is read stays", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  (await tab.box()).write("kept");
  await settle();

  const draft = new tab.Draft(7);
  draft.write("new");
  await settle();

  assert.equal(draft.text, "new");
  draft.close();
});

test("a restored page reads the draft again", async (t) => {
  const { browser, join } = await open(t);
  const [one, two] = [await join(), await join()];
  const writer = await one.box();
  const [empty, own] = [await two.box(), await two.box(8)];
  own.write("mine");
  writer.write("hello");
  await settle();

  browser.sessionStorage.removeItem("drafts");
  browser.fire("pageshow", { persisted: true });
  await settle();
  assert.deepEqual([empty.text, own.text], ["hello", "mine"]);
  for (const row of await one.account.db.keys("drafts")) await one.account.db.delete("drafts", row);
  browser.fire("pageshow", { persisted: true });
  await settle();

  assert.deepEqual([empty.text, own.text], ["", ""]);
});

test("right-to-left text and lone surrogates are stored unchanged", async (t) => {
  const { join } = await open(t);
  const tab = await join();

  (await tab.box()).write("\u202bשלום 💪\u202c");
  await settle();

  assert.equal((await tab.box()).text, "\u202bשלום 💪\u202c");
});

test("signing out cancels pending draft writes", async (t) => {
  const { join, stored } = await open(t);
  const tab = await join();
  const box = await tab.box();

  box.write("one");
  box.write("two");
  tab.account.close();
  await settle();

  assert.deepEqual(await stored(tab), ["one"]);
});

test("impersonation stores no draft", async (t) => {
  const { browser, join } = await open(t, openImpersonation);
  const box = await (await join()).box();

  box.write("hello");
  await settle();

  assert.deepEqual([box.text, browser.sessionStorage.getItem("drafts")], ["hello", null]);
});

test("drafts stored by earlier versions are found", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  await tab.account.db.put("drafts", "old", "7");
  await tab.account.db.put("drafts", "not this one", "70 1 x");

  assert.equal((await tab.box()).text, "old");
});

test("what a draft answers is stored with it, also without a text", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  const box = await tab.box();

  box.write("", 5);
  await settle();
  const again = await tab.box();
  assert.deepEqual([again.text, again.replyTo, again.changes], ["", 5, 1]);
  box.write("hello", 5);
  await settle();

  assert.deepEqual([(await tab.box()).text, (await tab.box()).replyTo], ["hello", 5]);
  assert.deepEqual([again.text, again.replyTo], ["hello", 5]);
});

test("a draft that answers nothing any more keeps its text", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  const box = await tab.box();
  box.write("hello", 5);
  await settle();

  box.write("hello");
  await settle();

  const again = await tab.box();
  assert.deepEqual([again.text, again.replyTo], ["hello", null]);
});

test("what a sent draft answered is deleted, in other rows too", async (t) => {
  const { join } = await open(t);
  const [one, two] = [await join(), await join()];
  const [first, second] = [await one.box(), await two.box()];
  first.write("hello", 5);
  second.write("hello", 6);
  await settle();

  first.write("");
  await first.sent("hello");
  await settle();

  const { db } = one.account;
  assert.deepEqual((await db.keys("kv")).filter((key) => key.startsWith("reply")), []);
  assert.equal((await (await join()).box()).replyTo, null);
});

test("each tab keeps what its own draft answers", async (t) => {
  const { join } = await open(t);
  const [one, two] = [await join(), await join()];
  const first = await one.box();
  first.write("first", 5);
  await settle();
  const second = await two.box();
  assert.equal(second.replyTo, 5);

  second.write("first and more", 5);
  first.write("first", null);
  await settle();

  const again = [first, second];
  assert.deepEqual(again.map(({ text, replyTo }) => [text, replyTo]), [["first", null], ["first and more", 5]]);
});

test("what a draft answers moves with it", async (t) => {
  const { join } = await open(t);
  const tab = await join();
  const box = await tab.box("trainee-2");
  box.write("hello", 5);

  box.move(7);
  await settle();

  const again = await tab.box();
  assert.deepEqual([again.text, again.replyTo], ["hello", 5]);
  assert.equal((await tab.box("trainee-2")).replyTo, null);
});
