import { session } from "../../core/session.js";
import { firstUnseen, hasUnreadBefore, loadUnread } from "./first-unread.js";

/**
 * Finds the position of a history when it opens, and after messages have arrived: a message to jump to,
 * the first unread message, or the end.
 */
export class Placement {
  /** Whether the initial position is known. */
  isDone = false;
  /** The key of the item below the divider "New messages", or null. */
  dividerKey = null;
  /** The newest message when the end was last visible, or at first. */
  endId = 0;
  #host;
  #isLoading = false;
  #isLeavingPast = false;
  #oldestId = 0;
  #newestId = 0;

  constructor(host) {
    this.#host = host;
  }

  /** Find the initial position, at first and after a reset; call before each rendering. */
  prepare({ thread, jump }) {
    const before = this.#oldestId;
    this.#oldestId = thread.messages[0]?.id ?? 0;
    if (thread.status === "loading") this.isDone = false;
    else if (this.isDone && (thread.hasNewer || this.#oldestId <= before)) return;
    else if (jump.isDue || this.#isLeavingPast) this.#stay(thread);
    else if (!this.#isLoading && !jump.isLoading) this.#place(thread);
  }

  /**
   * Scroll to the first unseen message if it is above the screen; call after each rendering.
   *
   * Who has just written stays at the end.
   */
  finish({ thread, anchor, visibility }) {
    const newest = thread.newestMessages.at(-1);
    const isNew = newest && newest.id > this.#newestId && anchor.wasAtEnd;
    const isOwn = newest?.sender.id === session.user?.id;
    if (isNew && (this.#newestId === 0 || !isOwn)) this.#scrollToUnseen(anchor, visibility);
    if (this.#newestId === 0) this.endId = newest?.id ?? 0;
    this.#newestId = newest?.id ?? 0;
  }

  /** Stay at the end when the newest messages replace a part of the past. */
  leavePast() {
    this.#isLeavingPast = true;
  }

  /** Note that the end is visible. */
  reachEnd() {
    this.endId = this.#newestId;
  }

  #stay(thread) {
    this.isDone = true;
    this.#isLeavingPast = false;
    this.endId = this.#newestId = thread.newestMessages.at(-1)?.id ?? 0;
  }

  /** Load the first unread message if necessary. */
  async #place(thread) {
    this.isDone = !hasUnreadBefore(thread);
    this.#newestId = 0;
    if (this.isDone) return;
    this.#isLoading = true;
    await loadUnread(thread);
    this.isDone = true;
    this.#isLoading = false;
    this.#host.requestUpdate();
  }

  #scrollToUnseen(anchor, visibility) {
    const item = firstUnseen(this.#host.items, visibility);
    if (!item) return;
    const row = this.#host.rowOf(item.id);
    if (this.#newestId !== 0 && row && !anchor.isAbove(row)) return;
    this.dividerKey = item.key;
    this.#host.reveal(item.id);
    this.#host.updateComplete.then(() => {
      const shown = this.#host.rowOf(item.id);
      if (shown) anchor.showUnlessBelow(shown);
    });
  }
}
