import { page } from "../../live/page.js";

/**
 * Report which unread messages of a history really come on the screen.
 *
 * Nothing is reported before the host `isPlaced`, that is, shows where somebody begins to read.
 */
export class ScreenWatch {
  /** The newest unread message that somebody had before them, 0 for none. */
  seenId = 0;
  #host;
  #onSeen;
  #observer = null;
  #newestShown = 0;
  // A message stays unread until the server says otherwise; its end is reported once.
  #reported = new WeakSet();

  constructor(host, onSeen) {
    this.#host = host;
    this.#onSeen = onSeen;
    host.addController(this);
  }

  hostConnected() {
    page.addEventListener("focus", this.#report);
    page.addEventListener("visible", this.#report);
  }

  hostDisconnected() {
    page.removeEventListener("focus", this.#report);
    page.removeEventListener("visible", this.#report);
    this.#observer?.disconnect();
    this.#observer = null;
  }

  hostUpdated() {
    const root = this.#host.scroller;
    if (!root || !this.#host.isPlaced) return;
    this.#observer ??= new IntersectionObserver((entries) => this.#look(entries), { root });
    for (const end of root.querySelectorAll(".message[data-unread] .bubble-end")) {
      if (!this.#reported.has(end)) this.#observer.observe(end);
    }
  }

  #look(entries) {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      this.#observer.unobserve(target);
      this.#reported.add(target);
      const id = Number(target.closest(".message")?.dataset.messageId ?? 0);
      this.#newestShown = Math.max(this.#newestShown, id);
    }
    this.#report();
  }

  // What is on the screen behind another window counts from when somebody comes back to it.
  #report = () => {
    if (!page.isLookedAt || this.#newestShown <= this.seenId) return;
    this.seenId = this.#newestShown;
    this.#onSeen(this.seenId);
  };
}
