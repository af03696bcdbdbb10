import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser } from "../browser/open.js";

const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";
const CHROME = IPHONE.replace("Version/17.4", "CriOS/122.0");
const MAC =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15";
const INSIDE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS]";
const ANDROID =
  "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0 Mobile Safari/537.36";

async function open(t, navigator, matches = false) {
  const browser = openBrowser(t);
  Object.assign(browser.navigator, navigator);
  setGlobals({ matchMedia: () => ({ matches }) });
  return browser.load("live/offer/platform.js");
}

for (const [name, navigator, expected] of [
  ["Safari on an iPhone", { userAgent: IPHONE, standalone: false }, true],
  ["Chrome on an iPhone", { userAgent: CHROME }, true],
  ["iOS 16.4", { userAgent: IPHONE.replace("17_4", "16_4") }, true],
  ["an iPad, which says that it is a Mac", { userAgent: MAC, maxTouchPoints: 5 }, true],
  ["a Mac", { userAgent: MAC, maxTouchPoints: 0 }, false],
  ["iOS 16.3, which has no notifications", { userAgent: IPHONE.replace("17_4", "16_3") }, false],
  ["iOS 15", { userAgent: IPHONE.replace("17_4", "15_8") }, false],
  ["a browser inside another app", { userAgent: INSIDE }, false],
  ["an unknown version", { userAgent: "iPhone Safari/604.1" }, false],
  ["Android", { userAgent: ANDROID, maxTouchPoints: 5 }, false],
  ["the app on the Home Screen", { userAgent: IPHONE, standalone: true }, false],
  ["a browser that says nothing", {}, false],
]) {
  test(`${name} ${expected ? "needs" : "does not need"} the Home Screen`, async (t) => {
    const { needsHomeScreen } = await open(t, navigator);

    assert.equal(needsHomeScreen(), expected);
  });
}

test("an app in a window of its own is installed", async (t) => {
  assert.equal((await open(t, {}, true)).isInstalled(), true);
});

test("a tab is not installed", async (t) => {
  assert.equal((await open(t, {})).isInstalled(), false);
});
