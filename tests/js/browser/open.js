import * as database from "../vendor/fake-indexeddb.js";
import { makeChannels } from "./channels.js";
import { setGlobals } from "./globals.js";
import { ALICE, BOB, makeToken } from "./people.js";
import { json, TestServer } from "./server.js";
import { makeSockets } from "./sockets.js";
import { MemoryStorage } from "./storage.js";
import { makeUploads } from "./uploads.js";
import { Place, TestDocument } from "./window.js";

const CLIENT = new URL("../../../web/static/web/", import.meta.url);
const NOW = Date.parse("2026-02-16T12:00:00Z");
const STEP_MS = 500;
const CLOCKS = ["setTimeout", "setInterval", "Date", "AbortSignal.timeout"];
// The real function, so that promises can settle while a test's clock is stopped.
const { setImmediate } = globalThis;
const nativeLocks = navigator.locks;

let count = 0;

/**
 * Open a browser for one test: the APIs that the client uses, on a clock that the test advances.
 * Pages are loaded with `load`; their storage, messages and requests to `server` stay in this
 * browser.
 */
export function openBrowser(t, { path = "/messages" } = {}) {
  t.mock.timers.enable({ apis: CLOCKS, now: NOW });
  const browser = new Browser(path, t.mock.timers);
  browser.install();
  t.after(() => browser.server.verify());
  return browser;
}

/** Wait for everything that does not depend on the clock: promises, locks and the database. */
export async function settle() {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

class Browser {
  server = new TestServer();
  document = new TestDocument();
  window = new EventTarget();
  localStorage = new MemoryStorage();
  sessionStorage = new MemoryStorage();
  WebSocket = makeSockets();
  XMLHttpRequest = makeUploads(this.server);
  #timers;
  #elapsed = 0;
  #number = (count += 1);
  #tabs = 0;

  constructor(path, timers) {
    this.#timers = timers;
    this.place = new Place(this.window, path);
    this.navigator = { onLine: true, locks: locksOf(this.#number) };
  }

  /** Install what the client finds in `globalThis`. */
  install() {
    const { document, localStorage, sessionStorage, navigator, WebSocket, XMLHttpRequest } = this;
    setGlobals({ document, localStorage, sessionStorage, navigator, WebSocket, XMLHttpRequest });
    setGlobals({ ...this.place, fetch: this.server.fetch, BroadcastChannel: makeChannels() });
    setGlobals({ ...database, indexedDB: new database.IDBFactory() });
    setGlobals({ caches: undefined, Notification: undefined });
    setGlobals({ performance: { now: () => this.#elapsed } });
    for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
      setGlobals({ [name]: this.window[name].bind(this.window) });
    }
  }

  /**
   * Open another page, which shares everything except modules with the first page; return its `load`.
   */
  openTab() {
    const query = `?tab=${this.#number}.${(this.#tabs += 1)}`;
    return async (...names) => {
      const loaded = names.map((name) => import(new URL(name + query, CLIENT)));
      return Object.assign({}, ...(await Promise.all(loaded)));
    };
  }

  /** Load modules of the first page, and return their exports. */
  load = this.openTab();

  /** Fire a window event, such as "online" or "pagehide". */
  fire(type, more = {}) {
    this.window.dispatchEvent(Object.assign(new Event(type), more));
  }

  /** Hide the page behind another tab, or show it. */
  show(visibilityState = "visible") {
    this.document.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event("visibilitychange"));
  }

  /** Set the device's clock, as a user does; timers and `performance.now()` do not change. */
  setClock(time) {
    this.#timers.setTime(time);
  }

  /** Advance the clock, and let everything due happen. */
  async pass(ms) {
    await settle();
    for (let rest = ms; rest > 0; rest -= STEP_MS) {
      this.#elapsed += Math.min(rest, STEP_MS);
      this.#timers.tick(Math.min(rest, STEP_MS));
      await settle();
    }
  }
}

/** node's own locks, under names that no other test uses. */
function locksOf(number) {
  return {
    request: (name, ...more) => nativeLocks.request(`${number} ${name}`, ...more),
  };
}

/** Open a browser with a signed-in user, and start the session of its first page. */
export async function openSignedIn(t, { me = ALICE, path } = {}) {
  const browser = openBrowser(t, { path });
  browser.localStorage.setItem("me", JSON.stringify(me));
  browser.server.on("POST /api/auth/jwt/refresh/", () => ({ access: makeToken(me.id) }));
  browser.server.on("POST /api/auth/jwt/blacklist/", json());
  browser.server.on("GET /api/auth/users/me/", me);
  return Object.assign(browser, await startSession(browser.load));
}

/** Let Alice impersonate Bob in all pages that are loaded from now on. */
export function beginImpersonation({ localStorage, sessionStorage, server }) {
  const impersonation = { access: makeToken(BOB.id), expiresAt: Date.now() + 3_600_000, by: ALICE };
  localStorage.setItem("me", JSON.stringify(ALICE));
  sessionStorage.setItem("look", JSON.stringify(impersonation));
  server.on("GET /api/auth/users/me/", BOB);
}

/** Open a browser in which Alice impersonates Bob; `teach` prepares its server. */
export async function openImpersonation(t, teach = () => {}) {
  const browser = openBrowser(t);
  beginImpersonation(browser);
  teach(browser);
  return Object.assign(browser, await startSession(browser.load));
}

/** Start the session of a page; return it with the exports of other modules of the page. */
export async function startSession(load, ...names) {
  const modules = await load("core/session.js", ...names);
  await modules.session.start();
  await settle();
  return modules;
}
