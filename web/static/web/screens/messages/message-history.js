import { createRef, html, nothing, ref } from "lit";
import { session } from "../../core/session.js";
import { StoreController } from "../../core/store.js";
import { clock } from "../../live/page.js";
import { threadItems } from "../../live/messages.js";
import { AutoRetry } from "../../ui/auto-retry.js";
import { Element } from "../../ui/element.js";
import { Chunks } from "./chunks.js";
import { dayList } from "./day-sections.js";
import { EdgeLoader } from "./edge-loader.js";
import { firstUnseen, hasUnreadBefore, loadUnread } from "./first-unread.js";
import {
  bubbleSkeletons,
  emptyHistory,
  failedHistory,
  firstHint,
  historyTop,
  newestButton,
} from "./history-parts.js";
import { NearChunks } from "./near-chunks.js";
import { hasLinks, loadLinks } from "./parts/text.js";
import { ScrollAnchor } from "./scroll-anchor.js";
import { VisibilityTracker } from "./visibility-tracker.js";

// Older messages load before the user reaches the top.
const AHEAD = "800px 0px 0px 0px";

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

  /** Whether the initial scroll position is known. */
  isPlaced = false;
  #isPlacing = false;
  #store = new StoreController(this);
  #anchor = new ScrollAnchor(this);
  #visibility = new VisibilityTracker(this, (id) => this.thread.seen(id));
  #chunks = new Chunks();
  #near = new NearChunks();
  #scroller = createRef();
  /** All loaded messages; those near the screen have an element. */
  items = [];
  #dividerKey = null;
  #oldestId = 0;
  #newestId = 0;
  // The newest message when the end was last visible, or at first.
  #endId = 0;
  #older = new EdgeLoader(this, {
    selector: ".history-top",
    margin: AHEAD,
    load: () => this.thread.loadOlder(),
  });

  constructor() {
    super();
    new StoreController(this, clock);
    const retry = () => this.thread.retry({ isQuiet: true });
    new AutoRetry(this, { errorOf: () => this.thread.error, retry });
  }

  get scroller() {
    return this.#scroller.value ?? null;
  }

  willUpdate() {
    this.#store.store = this.thread;
    this.items = threadItems(this.thread.messages, this.thread.pending, session.user?.id);
    if (this.thread.status === "loading") this.isPlaced = false;
    else if (!this.#isPlacing) this.#placeIfDue();
  }

  render() {
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
          ${historyTop(this.thread, this.#older.error, () => this.#older.retry())}
          ${this.#renderDays()} ${firstHint(this.items, this.thread, this.person)}
        </div>
      </div>
      ${this.#anchor.isAtEnd ? nothing : newestButton(this.#newCount, () => this.#goToEnd())}
    `;
  }

  get #newCount() {
    return this.#visibility.countNew(this.items, this.#endId);
  }

  firstUpdated() {
    // Not part of the first load either.
    import("./scrolling-mark.js").then(({ ScrollingMark }) => new ScrollingMark(this), () => {});
    if (!hasLinks()) loadLinks().then(() => this.requestUpdate(), () => {}); // offline: no links
  }

  updated() {
    if (!this.scroller || !this.isPlaced) return;
    const newest = this.items.findLast((item) => item.id)?.id ?? 0;
    if (newest > this.#newestId && this.#anchor.wasAtEnd) this.#scrollToUnseen();
    if (this.#newestId === 0) this.#endId = newest;
    this.#newestId = newest;
    this.#near.measure(this.scroller);
    this.#showNear();
  }

  #renderDays() {
    return dayList(this.items, {
      now: clock.now,
      zone: clock.zone,
      chunks: this.#chunks,
      near: this.#near,
      dividerKey: this.#dividerKey,
      context: { thread: this.thread, person: this.person },
    });
  }

  /** Find the initial position, at first and after a reset. */
  #placeIfDue() {
    const before = this.#oldestId;
    this.#oldestId = this.thread.messages[0]?.id ?? 0;
    if (!this.isPlaced || this.#oldestId > before) this.#place();
  }

  /** Load the first unread message if necessary. */
  async #place() {
    this.isPlaced = !hasUnreadBefore(this.thread);
    this.#newestId = 0;
    if (this.isPlaced) return;
    this.#isPlacing = true;
    await loadUnread(this.thread);
    this.isPlaced = true;
    this.#isPlacing = false;
    this.requestUpdate();
  }

  /** Scroll to the first unseen message if it is above the screen. */
  #scrollToUnseen() {
    const item = firstUnseen(this.items, this.#visibility);
    if (!item) return;
    const row = this.#rowOf(item);
    if (this.#newestId !== 0 && row && !this.#anchor.isAbove(row)) return;
    this.#dividerKey = item.key;
    this.#near.pin(this.#chunks.keyOf(item));
    this.requestUpdate();
    this.updateComplete.then(() => this.#anchor.showUnlessBelow(this.#rowOf(item)));
  }

  #rowOf({ id }) {
    return this.scroller.querySelector(`[data-message-id="${id}"]`);
  }

  /** Scroll to the end after the user has sent a message: who answers has read what is shown. */
  followOwn() {
    this.thread.readUpTo(this.#visibility.newestShown);
    this.#dividerKey = null;
    this.#goToEnd();
  }

  #goToEnd() {
    this.#anchor.toEnd();
    this.requestUpdate();
  }

  #scrolled() {
    this.#showNear();
    const isAtEnd = this.#anchor.isAtEnd;
    if (isAtEnd) this.#endId = this.#newestId;
    if (isAtEnd !== this.#anchor.wasAtEnd) this.requestUpdate();
  }

  #showNear() {
    if (this.#near.update(this.scroller)) this.requestUpdate();
  }
}

customElements.define("message-history", MessageHistory);
