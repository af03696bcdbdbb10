import assert from "node:assert/strict";
import { test } from "node:test";
import { openImpersonation, openSignedIn, settle } from "../browser/open.js";

async function start(t, { open = openSignedIn, prepare = () => {} } = {}) {
  const browser = await open(t);
  prepare(browser);
  const { inbox, ...badge } = await browser.load("live/badge.js", "live/inbox.js");
  badge.startBadge();
  const show = (count) => {
    inbox.unreadCount = count;
    inbox.changed();
  };
  return { browser, show, title: () => browser.document.title, ...badge };
}

/** Give the app an icon; return an object whose `count` is the badge. */
function install(browser) {
  const icon = { count: null };
  browser.navigator.setAppBadge = async (count) => (icon.count = count);
  browser.navigator.clearAppBadge = async () => (icon.count = 0);
  return icon;
}

test("a badge has at most two digits, and is empty for zero", async (t) => {
  const { formatBadge } = await start(t);

  assert.deepEqual([0, 1, 99, 100, 1234].map(formatBadge), ["", "1", "99", "99+", "99+"]);
});

test("the title has the unread count before the screen's name", async (t) => {
  const { show, title, setTitle } = await start(t);

  show(3);
  assert.equal(title(), "(3) Messages");
  setTitle("Trainees");
  assert.equal(title(), "(3) Trainees · Messages");
  show(0);

  assert.equal(title(), "Trainees · Messages");
});

test("the app icon has the unread count, set again when the page becomes visible", async (t) => {
  let icon;
  const { browser, show } = await start(t, { prepare: (each) => (icon = install(each)) });
  assert.equal(icon.count, 0);

  show(3);
  assert.equal(icon.count, 3);
  icon.count = 5; // as the service worker sets it on a push
  browser.show();

  assert.equal(icon.count, 3);
});

test("nothing fails without support for app badges", async (t) => {
  const refuse = () => Promise.reject(new DOMException("No.", "NotAllowedError"));
  const prepare = ({ navigator }) => Object.assign(navigator, { setAppBadge: refuse, clearAppBadge: refuse });
  const { show, title } = await start(t, { prepare });

  show(3);
  await settle();

  assert.equal(title(), "(3) Messages");
});

test("impersonation changes the title but not the app icon", async (t) => {
  let icon;
  const prepare = (browser) => (icon = install(browser));
  const { show, title } = await start(t, { open: openImpersonation, prepare });

  show(3);

  assert.deepEqual([title(), icon.count], ["(3) Messages", null]);
});
