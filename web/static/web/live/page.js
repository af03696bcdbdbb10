/**
 * Know whether somebody can be looking, and whether the device says that there is a network.
 *
 * Fires "visible", "hidden", "online", "offline" and "focus".
 */
class Page extends EventTarget {
  constructor() {
    super();
    document.addEventListener("visibilitychange", () => this.#fire(document.visibilityState));
    // Brought back from the back/forward cache, where sockets do not survive.
    addEventListener("pageshow", (event) => event.persisted && this.#fire("visible"));
    for (const type of ["online", "offline", "focus"]) {
      addEventListener(type, () => this.#fire(type));
    }
  }

  get isVisible() {
    return document.visibilityState === "visible";
  }

  /** Tell whether somebody really has this page before them, and not another window over it. */
  get isLookedAt() {
    return this.isVisible && document.hasFocus();
  }

  get isOnline() {
    return navigator.onLine;
  }

  #fire(type) {
    this.dispatchEvent(new Event(type));
  }
}

export const page = new Page();
