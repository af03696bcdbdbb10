import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline } from "../../../web/static/web/live/timeline.js";
import { ALICE, makeMessage, makePage } from "../browser/people.js";

const ids = (timeline) => timeline.messages.map((each) => each.id);
const read = (timeline) => timeline.messages.filter((each) => each.is_read).map(({ id }) => id);

function pageOf(numbers, next = null) {
  return makePage(numbers.map((id) => makeMessage(id)), { next });
}

test("messages are sorted by id, without duplicates", () => {
  const timeline = new Timeline(ALICE.id);

  timeline.begin(pageOf([10]));
  timeline.add([13, 11, 12, 12].map((id) => makeMessage(id)));

  assert.deepEqual(ids(timeline), [10, 11, 12, 13]);
  assert.equal(timeline.newest.id, 13);
});

test("an empty conversation is loaded and has no older page", () => {
  const timeline = new Timeline(ALICE.id);

  timeline.begin(pageOf([]));

  assert.deepEqual([timeline.isLoaded, timeline.hasOlder, timeline.newest], [true, false, null]);
  timeline.add([makeMessage(1)]);
  assert.deepEqual(ids(timeline), [1]);
});

test("an older state of a message does not replace a newer one", () => {
  const timeline = new Timeline(ALICE.id);

  timeline.add([makeMessage(5, { version: 9, is_read: true })]);
  timeline.add([makeMessage(5)]);

  assert.deepEqual(read(timeline), [5]);
});

test("a read receipt before its page is not lost", () => {
  const timeline = new Timeline(ALICE.id);

  timeline.applyReadReceipt({ isOwn: true, upTo: 11, readAt: "now", version: 20 });
  timeline.begin(pageOf([10, 11, 12, 13]));

  assert.deepEqual(read(timeline), [11]);
});

test("a late read receipt does not undo a newer one", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.begin(pageOf([11, 13]));

  timeline.applyReadReceipt({ isOwn: true, upTo: 13, readAt: "later", version: 21 });
  timeline.applyReadReceipt({ isOwn: true, upTo: 11, readAt: "earlier", version: 20 });

  assert.deepEqual(read(timeline), [11, 13]);
  assert.equal(timeline.messages[0].read_at, "later");
});

test("a read receipt changes only its own side", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.begin(pageOf([10, 11, 12, 13]));

  timeline.applyReadReceipt({ isOwn: false, upTo: 12, readAt: "now", version: 20 });
  assert.deepEqual(read(timeline), [10, 12]);
  timeline.applyReadReceipt({ isOwn: true, upTo: 12, readAt: "now", version: 21 });

  assert.deepEqual(read(timeline), [10, 11, 12]);
});

test("a changed message outside the loaded range leaves no gap", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.begin(pageOf([20, 21], "/api/…"));

  timeline.add([makeMessage(5, { version: 30 })]);

  assert.deepEqual([ids(timeline), timeline.hasOlder], [[20, 21], true]);
});

test("frames before the first page leave no gap", () => {
  const timeline = new Timeline(ALICE.id);

  timeline.add([makeMessage(5, { version: 30 }), makeMessage(22)]);
  timeline.begin(pageOf([20, 21], "/api/…"));

  assert.deepEqual(ids(timeline), [20, 21, 22]);
});

test("older pages are prepended until there are none left", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.begin(pageOf([20, 21], "/api/…"));

  timeline.addOlder(pageOf([18, 19], "/api/…"));
  assert.equal(timeline.hasOlder, true);
  timeline.addOlder(pageOf([]));

  assert.deepEqual([ids(timeline), timeline.hasOlder], [[18, 19, 20, 21], false]);
});

test("the version only grows, and older pages do not change it", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.version = 7;

  timeline.begin(pageOf([40, 41]));
  timeline.advanceTo(9);
  timeline.advanceTo(8);

  assert.equal(timeline.version, 9);
});

test("a reset applies once the thread is loaded", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.version = 900;
  timeline.begin(pageOf([40, 41]));

  timeline.reset(30);
  timeline.add([makeMessage(12)]);
  timeline.advanceTo(31);
  assert.deepEqual([timeline.version, timeline.isLoaded], [900, false]);
  timeline.begin(pageOf([10, 11]));

  assert.deepEqual([timeline.version, ids(timeline)], [31, [10, 11, 12]]);
});

test("a cached timeline resumes without a gap", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.version = 7;
  timeline.begin(pageOf(Array.from({ length: 150 }, (_, index) => index + 1)));

  const later = new Timeline(ALICE.id);
  later.restore(structuredClone(timeline.snapshot()));
  later.add([makeMessage(151)]);

  assert.deepEqual([later.hasOlder, later.version, later.messages.length], [true, 7, 101]);
  assert.equal(later.messages[0].id, 51);
});

// A part of the history around a message of the past
// ------------------------------------------------------------------------------
const shown = (timeline) => timeline.shown.messages.map((each) => each.id);

const contents = (timeline) => timeline.shown.messages.map((each) => each.content);

function openPast({ results = [20, 21, 22], next = "older", previous = "newer" } = {}) {
  const timeline = new Timeline(ALICE.id);
  timeline.begin(pageOf([90, 91], "older"));
  timeline.showPast({ ...pageOf(results, next), previous }, 21);
  return timeline;
}

test("a message of the past is shown with its surroundings, beside the newest messages", () => {
  const timeline = openPast();

  assert.deepEqual([shown(timeline), timeline.shown.hasOlder], [[20, 21, 22], true]);
  assert.deepEqual([ids(timeline), timeline.newest.id], [[90, 91], 91]);
  assert.deepEqual(timeline.loaded.map(({ id }) => id), [20, 21, 22, 90, 91]);
  timeline.showNewest();
  assert.deepEqual([shown(timeline), timeline.loaded.length], [[90, 91], 2]);
});

test("live messages are added to the newest ones, and change what is shown of the past", () => {
  const timeline = openPast();

  timeline.add([makeMessage(21, { content: "edited", version: 99 }), makeMessage(92)]);

  assert.deepEqual([shown(timeline), ids(timeline)], [[20, 21, 22], [90, 91, 92]]);
  timeline.patch("edited", 20, { content: "edited, too" }, 100);
  assert.deepEqual(contents(timeline), ["edited, too", "edited", "message 22"]);
  assert.equal(timeline.snapshot().messages.length, 3);
});

test("receipts mark messages of the past, also those whose page is loaded later", () => {
  const timeline = openPast();

  timeline.applyReadReceipt({ isOwn: true, upTo: 91, readAt: "now", version: 99 });
  assert.deepEqual(timeline.shown.messages.filter((each) => each.is_read).map(({ id }) => id), [21]);
  timeline.addOlder(pageOf([19], null));
  timeline.addNewer(pageOf([23, 24], "newer"));

  const marked = timeline.shown.messages.filter((each) => each.is_read);
  assert.deepEqual(marked.map(({ id }) => id), [19, 21, 23]);
  assert.deepEqual([shown(timeline), timeline.shown.hasOlder], [[19, 20, 21, 22, 23, 24], false]);
});

test("the past is connected with the newest messages where they meet", () => {
  const timeline = openPast();

  timeline.addNewer(pageOf([88, 89], "newer"));
  assert.notEqual(timeline.past, null);
  timeline.addNewer(pageOf([90, 91], "newer"));

  assert.equal(timeline.past, null);
  assert.deepEqual(ids(timeline), [20, 21, 22, 88, 89, 90, 91]);
  assert.equal(timeline.hasOlder, true);
});

test("the past is connected with the newest messages if nothing is newer", () => {
  const timeline = openPast({ next: null, previous: null });

  assert.deepEqual([timeline.past, ids(timeline)], [null, [20, 21, 22, 90, 91]]);
  assert.equal(timeline.hasOlder, false);
});

test("a part of the past that loads first waits for the newest messages", () => {
  const timeline = new Timeline(ALICE.id);

  timeline.showPast({ ...pageOf([20, 21], null), previous: null }, 21);
  assert.deepEqual([shown(timeline), ids(timeline)], [[20, 21], []]);
  timeline.begin(pageOf([21, 22], "older"));

  assert.deepEqual([timeline.past, ids(timeline)], [null, [20, 21, 22]]);
});

test("after a reset there can be a gap behind the past", () => {
  const timeline = new Timeline(ALICE.id);
  timeline.showPast({ ...pageOf([20, 21], "older"), previous: null }, 21);

  timeline.reset(500);
  timeline.begin(pageOf([400, 401], "older"));

  assert.deepEqual([shown(timeline), ids(timeline)], [[20, 21], [400, 401]]);
});
