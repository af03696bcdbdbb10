import assert from "node:assert/strict";
import { test } from "node:test";
import { setGlobals } from "../browser/globals.js";
import { openBrowser } from "../browser/open.js";

async function open(t) {
  const browser = openBrowser(t);
  return { browser, kept: await browser.load("core/web-storage.js") };
}

test("values are stored, null deletes them, and session values stay in the tab", async (t) => {
  const { browser, kept } = await open(t);

  kept.storedUser.write({ id: 5 });
  kept.storedSignIn.write(17);
  kept.storedImpersonation.write({ access: "a" });
  assert.deepEqual([kept.storedUser.read(), kept.storedSignIn.read()], [{ id: 5 }, 17]);
  assert.deepEqual(kept.storedImpersonation.read(), { access: "a" });
  assert.equal(browser.localStorage.getItem("look"), null);
  kept.storedUser.write(null);

  assert.deepEqual([kept.storedUser.read(), kept.storedSignIn.read()], [null, 17]);
});

test("a tab that opens while another stores the user again finds the user", async (t) => {
  const { browser, kept } = await open(t);
  kept.storedUser.write({ id: 5 });
  const seen = [];
  for (const name of ["setItem", "removeItem"]) {
    const original = browser.localStorage[name];
    t.mock.method(browser.localStorage, name, function (...args) {
      original.apply(this, args);
      seen.push(browser.localStorage.getItem("me"));
    });
  }

  kept.storedUser.write({ id: 5, first_name: "Eve" });

  assert.deepEqual(seen.map((each) => JSON.parse(each)), [{ id: 5, first_name: "Eve" }]);
});

test("an older value does not return after one that cannot be stored", async (t) => {
  const { browser, kept } = await open(t);
  kept.storedUser.write({ id: 5 });
  t.mock.method(browser.localStorage, "setItem", () => {
    throw new DOMException("Full.", "QuotaExceededError");
  });

  kept.storedUser.write({ id: 6 });

  assert.deepEqual([kept.storedUser.read(), browser.localStorage.getItem("me")], [{ id: 6 }, null]);
});

test("invalid values and blocked storage read as null", async (t) => {
  const { browser, kept } = await open(t);
  browser.localStorage.setItem("me", "{half");
  assert.equal(kept.storedUser.read(), null);

  setGlobals({ sessionStorage: null });
  assert.equal(kept.storedImpersonation.read(), null);
});

test("deleting the user deletes the cached pictures", async (t) => {
  const { kept } = await open(t);
  kept.storedUser.write({ id: 5 });
  const deleted = [];
  setGlobals({ caches: { delete: (name) => deleted.push(name) } });

  kept.forgetUser();

  assert.deepEqual([kept.storedUser.read(), deleted], [null, ["pictures"]]);
});

test("each conversation has its own draft key in the tab", async (t) => {
  const { kept } = await open(t);

  kept.storedDraft.write("7", "row of 7");
  kept.storedDraft.write("8", "row of 8");
  kept.storedDraft.write("7", null);
  assert.deepEqual([kept.storedDraft.read("7"), kept.storedDraft.read("8")], [undefined, "row of 8"]);
  kept.storedDraft.clear();

  assert.equal(kept.storedDraft.read("8"), undefined);
});

test("a pending sign-out is stored until it is cleared", async (t) => {
  const { browser, kept } = await open(t);

  assert.equal(kept.pendingSignOut.read(), false);
  kept.pendingSignOut.write(true);
  assert.equal(kept.pendingSignOut.read(), true);
  kept.pendingSignOut.write(false);

  assert.equal(browser.localStorage.getItem("sign-out-is-due"), null);
});

for (const [what, storage] of Object.entries({
  blocked: null,
  full: { getItem: () => "17", removeItem() {}, setItem() { throw new DOMException("Full.", "QuotaExceededError"); } },
})) {
  test(`values are in memory while storage is ${what}`, async (t) => {
    const { kept } = await open(t);
    setGlobals({ localStorage: storage });

    kept.storedUser.write({ id: 5 });
    assert.deepEqual(kept.storedUser.read(), { id: 5 });
    kept.forgetUser();

    assert.equal(kept.pendingSignOut.read(), false);
    setGlobals({ caches: { delete: () => Promise.reject(new DOMException("No.", "SecurityError")) } });
    kept.forgetUser();
  });
}

test("the page knows whether a reload would lose the sign-in or the tab's values", async (t) => {
  const { kept } = await open(t);
  kept.storedUser.write({ id: 5 });
  assert.deepEqual([kept.isUserStored(), kept.canStoreInTab()], [true, true]);

  setGlobals({ localStorage: null, sessionStorage: null });
  kept.storedUser.write({ id: 5 });

  assert.deepEqual([kept.isUserStored(), kept.canStoreInTab()], [false, false]);
});

test("features that the browser lacks or refuses are undefined", async (t) => {
  const { kept } = await open(t);
  const owner = {
    here: 1,
    nothing: null,
    get refused() {
      throw new DOMException("No.", "SecurityError");
    },
  };

  const found = ["here", "nothing", "missing", "refused"].map((name) => kept.feature(name, owner));

  assert.deepEqual(found, [1, undefined, undefined, undefined]);
  assert.deepEqual([await kept.quietly(() => 2), await kept.quietly(() => owner.refused)], [2, undefined]);
});
