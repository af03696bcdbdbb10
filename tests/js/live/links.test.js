import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignedIn, settle } from "../browser/open.js";
import { makeMessage, makePage } from "../browser/people.js";

const PAGES = "GET /api/messaging/conversations/7/messages/";

async function open(t, answer) {
  const browser = await openSignedIn(t);
  browser.server.on(PAGES, answer);
  const asked = () => browser.server.requests.filter(({ path }) => path.includes("/messages/")).map(({ path }) => path.split("?")[1]);
  return { browser, asked, ...(await browser.load("live/photos/links.js")) };
}

const photo = (id, link = "old") => ({ id, kind: "image", urls: { small: `${link}-${id}` } });
const withPhotos = (id, ...ids) => makeMessage(id, { attachments: ids.map((each) => photo(each, "new")) });

test("the links of one screen are renewed by one request", async (t) => {
  const page = makePage([withPhotos(30, 1, 2), withPhotos(20, 3), makeMessage(10)]);
  const { browser, asked, renewLinks } = await open(t, page);
  const photos = [photo(1), photo(2), photo(3)];

  const renewals = Promise.all([30, 30, 20].map((message, at) => renewLinks(7, message, photos[at])));
  await browser.pass(500);

  assert.deepEqual(await renewals, [true, true, true]);
  assert.deepEqual(photos.map(({ urls }) => urls.small), ["new-1", "new-2", "new-3"]);
  assert.deepEqual(asked(), ["before=31&limit=100"]);
});

test("messages that are far apart need several requests", async (t) => {
  const pages = [makePage([withPhotos(10, 2)]), makePage([withPhotos(900, 1), makeMessage(801)])];
  const { browser, asked, renewLinks } = await open(t, () => pages.pop());

  const renewals = Promise.all([renewLinks(7, 10, photo(2)), renewLinks(7, 900, photo(1))]);
  await browser.pass(500);

  assert.deepEqual(await renewals, [true, true]);
  assert.deepEqual(asked(), ["before=901&limit=100", "before=11&limit=100"]);
});

test("an attachment that is gone is not renewed, and not asked for again for a minute", async (t) => {
  const { browser, asked, renewLinks } = await open(t, makePage([makeMessage(30)]));
  const gone = photo(1);
  const first = renewLinks(7, 30, gone);
  await browser.pass(500);
  assert.deepEqual([await first, gone.urls.small], [false, "old-1"]);

  assert.equal(await renewLinks(7, 30, gone), false);
  await browser.pass(60_000);
  renewLinks(7, 30, gone);
  await browser.pass(500);

  assert.equal(asked().length, 2);
});

test("a failed request renews nothing", async (t) => {
  const { browser, renewLinks } = await open(t, () => {
    throw new TypeError("the connection broke");
  });

  const renewal = renewLinks(7, 30, photo(1));
  await browser.pass(500);
  await settle();

  assert.equal(await renewal, false);
});
