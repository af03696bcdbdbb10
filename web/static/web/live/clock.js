import { Store } from "../core/store.js";
import { page } from "./page.js";

const TICK_MS = 30_000;

/** The current time, updated every 30 s while the page is visible. */
class Clock extends Store {
  now = new Date();

  constructor() {
    super();
    setInterval(() => page.isVisible && this.#tick(), TICK_MS);
    page.addEventListener("visible", () => this.#tick());
  }

  #tick() {
    this.now = new Date();
    this.changed();
  }
}

export const clock = new Clock();
