import { page } from "../../live/page.js";
import { isUnread } from "./bubble.js";

/**
 * Reports which unread messages of a history have been on the screen.
 *
 * Nothing is reported until the host `isPlaced` at its initial position. No message after a skipped
 * one is reported, because marking a message as read includes all earlier messages.
 */
export class VisibilityTracker {
  #host;
  #onSeen;
  #observer = null;
  #root = null;
  // By id, because a reset creates new elements.
  #shown = new Set();
  #seen = new Set();

  /** `onSeen(id)` is called when all unread messages up to this id were on the screen. */
  constructor(host, onSeen) {
    this.#host = host;
    this.#onSeen = onSeen;
    host.addController(this);
  }

  /** Return whether an unread message was on the screen. */
  hasSeen(id) {
    return this.#seen.has(id);
  }

  /** The newest unread message that was on the screen, even if others were skipped; else 0. */
  get newestShown() {
    return Math.max(0, ...this.#unreadIds().filter((id) => this.#shown.has(id)));
  }

  /** Count the unread items after a message that are also below all that were on the screen. */
  countNew(items, id) {
    const last = Math.max(id, ...this.#shown);
    return items.filter((item) => isUnread(item) && item.id > last).length;
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
    for (const row of this.#root?.querySelectorAll(".message[data-unread]") ?? []) {
      if (!this.#shown.has(idOf(row))) this.#observer.observe(row.querySelector(".bubble-end"));
    }
    this.#report();
  }

  #follow(root) {
    if (root === this.#root) return;
    this.#root = root;
    this.#observer?.disconnect();
    this.#observer = root && new IntersectionObserver((all) => this.#observed(all), { root });
  }

  /** List the unread messages, of which only some have an element. */
  #unreadIds() {
    return this.#root ? this.#host.items.filter(isUnread).map(({ id }) => id) : [];
  }

  #observed(entries) {
    for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
      this.#observer?.unobserve(target);
      const row = target.closest(".message");
      if (row) this.#shown.add(idOf(row));
    }
    this.#report();
  }

  // Messages behind another window count once the page has the focus.
  #report = () => {
    if (!page.hasFocus) return;
    for (const id of this.#shown) this.#seen.add(id);
    const ids = this.#unreadIds();
    const skipped = ids.findIndex((id) => !this.#seen.has(id));
    const run = skipped < 0 ? ids : ids.slice(0, skipped);
    if (run.length > 0) this.#onSeen(run.at(-1));
  };
}

function idOf(row) {
  return Number(row.dataset.messageId);
}
