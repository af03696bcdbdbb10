import { network } from "../core/network.js";
import { Store } from "../core/store.js";
import { currentZone } from "../text/time.js";

const TICK_MS = 30_000;

/**
 * The state of the page: visibility, focus, network and back/forward cache.
 *
 * Fires "visible", "hidden", "online", "offline" and "focus"; "left" when the user navigates away,
 * and "restored" on return from the back/forward cache, before "visible".
 */
class Page extends EventTarget {
  constructor() {
    super();
    document.addEventListener("visibilitychange", () => this.#fire(document.visibilityState));
    addEventListener("focus", () => this.#fire("focus"));
    addEventListener("pagehide", () => this.#fire("left"));
    addEventListener("pageshow", ({ persisted }) => persisted && this.#restored());
    for (const type of ["online", "offline"]) {
      network.addEventListener(type, () => this.#fire(type));
    }
  }

  get isVisible() {
    return document.visibilityState === "visible";
  }

  /** Return whether the page is visible and its window has the focus. */
  get hasFocus() {
    return this.isVisible && document.hasFocus();
  }

  get isOnline() {
    return network.isOnline;
  }

  #restored() {
    this.#fire("restored");
    this.#fire("visible");
  }

  #fire(type) {
    this.dispatchEvent(new Event(type));
  }
}

export const page = new Page();

/** The server's time and the device's time zone, updated every 30 s while the page is visible. */
class Clock extends Store {
  now = new Date(network.now());
  zone = currentZone();

  constructor() {
    super();
    setInterval(() => page.isVisible && this.#tick(), TICK_MS);
    for (const type of ["visible", "focus"]) page.addEventListener(type, () => this.#tick());
    network.addEventListener("clock", () => this.#tick());
  }

  #tick() {
    this.now = new Date(network.now());
    this.zone = currentZone();
    this.changed();
  }
}

export const clock = new Clock();
