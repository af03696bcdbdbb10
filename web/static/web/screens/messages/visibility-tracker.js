import { page } from "../../live/page.js";

/**
 * Report which unread messages of a history really come on the screen.
 *
 * Nothing is reported before the host `isPlaced`, that is, shows where somebody begins to read; and
 * nothing past a message that was skipped, as a read mark would be for that one too.
 */
export class VisibilityTracker {
  #host;
  #onSeen;
  #observer = null;
  #root = null;
  // By id: what stands there anew after a reset has been on the screen all the same.
  #shown = new Set();
  #seen = new Set();

  /** `onSeen(id)`: all unread messages of the host up to this one were on the screen. */
  constructor(host, onSeen) {
    this.#host = host;
    this.#onSeen = onSeen;
    host.addController(this);
  }

  /** Tell whether somebody had an unread message before them. */
  hasSeen(id) {
    return this.#seen.has(id);
  }

  hostConnected() {
    page.addEventListener("focus", this.#report);
    page.addEventListener("visible", this.#report);
  }

  hostDisconnected() {
    page.removeEventListener("focus", this.#report);
    page.removeEventListener("visible", this.#report);
    this.#follow(null);
  }

  hostUpdated() {
    this.#follow(this.#host.isPlaced ? this.#host.scroller : null);
    for (const row of this.#unread()) {
      if (!this.#shown.has(idOf(row))) this.#observer.observe(row.querySelector(".bubble-end"));
    }
    this.#report();
  }

  #follow(root) {
    if (root === this.#root) return;
    this.#root = root;
    this.#observer?.disconnect();
    this.#observer = root && new IntersectionObserver((all) => this.#look(all), { root });
  }

  #unread() {
    return [...(this.#root?.querySelectorAll(".message[data-unread]") ?? [])];
  }

  #look(entries) {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      this.#observer.unobserve(target);
      const row = target.closest(".message");
      if (row) this.#shown.add(idOf(row));
    }
    this.#report();
  }

  // What is on the screen behind another window counts from when somebody comes back to it.
  #report = () => {
    if (!page.hasFocus) return;
    for (const id of this.#shown) this.#seen.add(id);
    const ids = this.#unread().map(idOf);
    const skipped = ids.findIndex((id) => !this.#seen.has(id));
    const run = skipped < 0 ? ids : ids.slice(0, skipped);
    if (run.length > 0) this.#onSeen(run.at(-1));
  };
}

function idOf(row) {
  return Number(row.dataset.messageId);
}
