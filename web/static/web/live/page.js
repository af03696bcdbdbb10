import { network } from "../core/network.js";

/**
 * Know whether somebody can be looking, and whether there is a network.
 *
 * Fires "visible", "hidden", "online", "offline" and "focus"; "left" when another page takes this
 * one's place, and "restored" when the back/forward cache brings it back, before "visible".
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

  /** Tell whether somebody really has this page before them, and not another window over it. */
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
