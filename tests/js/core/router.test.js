import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser } from "../browser/open.js";

class Link {
  target = "";

  constructor(href, more = {}) {
    Object.assign(this, { attributes: ["href"], href: new URL(href, location.href).href }, more);
  }

  hasAttribute(name) {
    return this.attributes.includes(name);
  }
}

async function open(t, path) {
  const browser = openBrowser(t, { path });
  setGlobals({ HTMLAnchorElement: Link });
  const { router } = await browser.load("core/router.js");
  const seen = [];
  router.addEventListener("change", () => seen.push(location.pathname + location.search));
  router.start();
  return { browser, router, seen };
}

function click(browser, path, more = {}) {
  const event = Object.assign(new Event("click", { cancelable: true }), { button: 0, ...more });
  event.composedPath = () => [{}, ...path, browser.document];
  browser.document.dispatchEvent(event);
  return event.defaultPrevented;
}

test("navigation shows the path, and the back button returns", async (t) => {
  const { router, seen } = await open(t, "/messages");

  router.navigate("/messages/7");
  assert.deepEqual(router.route, { name: "conversation", params: { id: 7 }, query: {} });
  router.back("/trainees");

  assert.deepEqual(seen, ["/messages/7", "/messages"]);
});

test("back leads to the fallback on the first page of a visit", async (t) => {
  const { router, seen } = await open(t, "/messages/7");

  router.back("/messages");
  router.back("/trainees");

  assert.deepEqual(seen, ["/messages", "/trainees"]);
});

test("back skips a replaced path", async (t) => {
  const { router, seen } = await open(t, "/messages");

  router.navigate("/trainees");
  router.navigate("/invitations", { replace: true });
  router.back("/");

  assert.deepEqual(seen, ["/trainees", "/invitations", "/messages"]);
});

test("a change of the fragment alone is left to the browser", async (t) => {
  const { router, seen } = await open(t, "/messages");

  router.navigate("/messages#top");

  assert.deepEqual(seen, []);
});

test("navigation to another origin throws", async (t) => {
  const { router } = await open(t, "/messages");

  assert.throws(() => router.navigate("https://evil.example/"), TypeError);
  assert.throws(() => router.navigate("//evil.example/"), TypeError);
});

test("a click on a link loads no page, and a repeated one adds no history entry", async (t) => {
  const { browser, router, seen } = await open(t, "/messages");

  assert.equal(click(browser, [new Link("/trainees", { target: "_self" })]), true);
  assert.equal(click(browser, [new Link("/trainees")]), true);
  router.back("/");

  assert.deepEqual(seen, ["/trainees", "/messages"]);
});

test("clicks with modifiers, downloads and other pages are left to the browser", async (t) => {
  const { browser, seen } = await open(t, "/messages");
  const link = () => new Link("/trainees");
  const others = [
    click(browser, []),
    click(browser, [link()], { button: 1 }),
    ...["metaKey", "ctrlKey", "shiftKey", "altKey"].map((key) => click(browser, [link()], { [key]: true })),
    click(browser, [new Link("/trainees", { attributes: [] })]),
    click(browser, [new Link("/trainees", { attributes: ["href", "download"] })]),
    click(browser, [new Link("/trainees", { target: "_blank" })]),
    click(browser, [new Link("https://other.example/trainees")]),
    click(browser, [new Link("/messages#end")]),
    click(browser, [new Link("/admin/")]),
  ];

  assert.deepEqual([new Set(others), seen], [new Set([false]), []]);
});
