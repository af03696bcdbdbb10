import { createRef, html, nothing, ref } from "lit";
import { loadLate } from "../../core/api.js";
import { session } from "../../core/session.js";
import { StoreController } from "../../core/store.js";
import { clock } from "../../live/page.js";
import { threadItems } from "../../live/messages.js";
import { AutoRetry } from "../../ui/auto-retry.js";
import { Element } from "../../ui/element.js";
import { Chunks } from "./chunks.js";
import { dayList } from "./day-sections.js";
import { edgeLoaders } from "./edge-loader.js";
import {
  bubbleSkeletons,
  emptyHistory,
  failedHistory,
  firstHint,
  historyBottom,
  historyTop,
  newestButton,
} from "./history-parts.js";
import { Jump } from "./jump.js";
import { NearChunks } from "./near-chunks.js";
import { hasLinks, loadLinks } from "./parts/text.js";
import { Placement } from "./placement.js";
import { ScrollAnchor } from "./scroll-anchor.js";
import { VisibilityTracker } from "./visibility-tracker.js";

/**
 * The messages of a thread, with a stable scroll position.
 *
 * If there are more unread messages than fit, it scrolls to the first of them instead of the end,
 * because only messages that were on the screen may be marked as read.
 */
class MessageHistory extends Element {
  static properties = {
    thread: { attribute: false },
    person: { attribute: false },
    label: { attribute: false },
  };

  /** All messages that are loaded here; those near the screen have an element. */
  items = [];
  /** Whether the rendered messages end before the newest ones. */
  hasNewer = false;
  #store = new StoreController(this);
  #anchor = new ScrollAnchor(this);
  #jump = new Jump(this);
  #placement = new Placement(this);
  #visibility = new VisibilityTracker(this, (id) => this.thread.seen(id));
  #chunks = new Chunks();
  #near = new NearChunks();
  #scroller = createRef();
  #edges = edgeLoaders(this);

  constructor() {
    super();
    new StoreController(this, clock);
    const retry = () => this.thread.retry({ isQuiet: true });
    new AutoRetry(this, { errorOf: () => this.thread.error, retry });
  }

  get scroller() {
    return this.#scroller.value ?? null;
  }

  /** Whether the initial scroll position is known. */
  get isPlaced() {
    return this.#placement.isDone;
  }

  willUpdate() {
    const { thread } = this;
    this.#store.store = thread;
    // The past has its own end; unsent messages are below the newest ones.
    const pending = thread.hasNewer ? [] : thread.pending;
    this.items = threadItems(thread.messages, pending, session.user?.id);
    this.#placement.prepare({ thread, jump: this.#jump });
  }

  render() {
    this.hasNewer = this.thread.hasNewer;
    const isEmpty = this.items.length === 0;
    if (isEmpty && this.thread.status === "error") return failedHistory(this.thread);
    // The user's own new messages are shown before the history has loaded.
    const isOnlyOwn = this.thread.messages.length === 0 && !isEmpty;
    if (!this.isPlaced && !isOnlyOwn) return bubbleSkeletons();
    if (isEmpty) return emptyHistory(this.thread, this.person);
    return html`
      <div
        class="history"
        role="log"
        aria-live="off"
        aria-label=${this.label}
        tabindex="0"
        ${ref(this.#scroller)}
        @scroll=${this.#scrolled}
      >
        <div class="history-inner">
          ${historyTop(this.thread, this.#edges.older.error, () => this.#edges.older.retry())}
          ${this.#renderDays()} ${firstHint(this.items, this.thread, this.person)}
          ${historyBottom(this.thread, this.#edges.newer.error, () => this.#edges.newer.retry())}
        </div>
      </div>
      ${this.#anchor.isAtEnd ? nothing : newestButton(this.#newCount, () => this.goToNewest())}
    `;
  }

  get #newCount() {
    const newest = threadItems(this.thread.newestMessages, [], session.user?.id);
    return this.#visibility.countNew(newest, this.#placement.endId);
  }

  firstUpdated() {
    // Not part of the first load either.
    loadLate(() => import("./scrolling-mark.js")).then(({ ScrollingMark }) => new ScrollingMark(this));
    if (!hasLinks()) loadLinks().then(() => this.requestUpdate());
  }

  updated() {
    if (!this.scroller || !this.isPlaced) return;
    const { thread } = this;
    this.#placement.finish({ thread, anchor: this.#anchor, visibility: this.#visibility });
    this.#near.measure(this.scroller);
    this.#showNear();
  }

  #renderDays() {
    return dayList(this.items, {
      now: clock.now,
      zone: clock.zone,
      chunks: this.#chunks,
      near: this.#near,
      dividerKey: this.#placement.dividerKey,
      context: { thread: this.thread, person: this.person },
    });
  }

  /** Show a message with its surroundings, and mark it. */
  jumpTo(messageId) {
    return this.#jump.to(messageId);
  }

  /** Return the element of a message, or null if it is not loaded or too far from the screen. */
  rowOf(id) {
    return this.scroller?.querySelector(`.message[data-message-id="${id}"]`) ?? null;
  }

  /** Have a loaded message rendered, and kept in the page; return whether it is loaded. */
  reveal(id) {
    const item = this.items.find((each) => each.id === id);
    if (item) this.#near.pin(this.#chunks.keyOf(item));
    this.requestUpdate();
    return Boolean(item);
  }

  /**
   * Scroll to the end after the user has sent a message: who answers has read what is shown.
   *
   * In the past, more can be unread than what is shown there.
   */
  followOwn() {
    if (!this.hasNewer) this.thread.readUpTo(this.#visibility.newestShown);
    this.#placement.dividerKey = null;
    this.goToNewest();
  }

  /** Scroll to the end of the newest messages; fires "newest". */
  goToNewest() {
    this.#jump.cancel();
    this.#leavePast();
    this.#anchor.toEnd();
    this.requestUpdate();
    this.dispatchEvent(new Event("newest", { bubbles: true }));
  }

  #leavePast() {
    if (!this.thread.hasNewer) return;
    this.hasNewer = false;
    this.#anchor.toEnd();
    this.#placement.leavePast();
    this.thread.showNewest();
  }

  #scrolled() {
    if (!this.scroller) return; // it was removed before the browser fired the event
    this.#showNear();
    const isAtEnd = this.#anchor.isAtEnd;
    if (isAtEnd) this.#placement.reachEnd();
    if (isAtEnd !== this.#anchor.wasAtEnd) this.requestUpdate();
  }

  #showNear() {
    if (this.#near.update(this.scroller)) this.requestUpdate();
  }
}

customElements.define("message-history", MessageHistory);
