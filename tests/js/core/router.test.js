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

test("a path that is navigated to is shown, and the back button leads back", async (t) => {
  const { router, seen } = await open(t, "/messages");

  router.navigate("/messages/7");
  assert.deepEqual(router.route, { name: "conversation", params: { id: 7 }, query: {} });
  router.back("/trainees");

  assert.deepEqual(seen, ["/messages/7", "/messages"]);
});

test("on the first page of a visit back leads to the fallback", async (t) => {
  const { router, seen } = await open(t, "/messages/7");

  router.back("/messages");
  router.back("/trainees");

  assert.deepEqual(seen, ["/messages", "/trainees"]);
});

test("a replaced path is not returned to", async (t) => {
  const { router, seen } = await open(t, "/messages");

  router.navigate("/trainees");
  router.navigate("/invitations", { replace: true });
  router.back("/");

  assert.deepEqual(seen, ["/trainees", "/invitations", "/messages"]);
});

test("a change of the fragment is the browser's own affair", async (t) => {
  const { router, seen } = await open(t, "/messages");

  router.navigate("/messages#top");

  assert.deepEqual(seen, []);
});

test("the router leads to no other site", async (t) => {
  const { router } = await open(t, "/messages");

  assert.throws(() => router.navigate("https://evil.example/"), TypeError);
  assert.throws(() => router.navigate("//evil.example/"), TypeError);
});

test("a click on a link of this client loads no page, and a second one adds nothing to the history", async (t) => {
  const { browser, router, seen } = await open(t, "/messages");

  assert.equal(click(browser, [new Link("/trainees", { target: "_self" })]), true);
  assert.equal(click(browser, [new Link("/trainees")]), true);
  router.back("/");

  assert.deepEqual(seen, ["/trainees", "/messages"]);
});

test("clicks that mean something else are the browser's", async (t) => {
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
