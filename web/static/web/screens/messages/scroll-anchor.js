// As good as at the end: a finger rarely stops at the very last pixel.
const END_PX = 48;
const HEADROOM_PX = 80;

/**
 * Hold the place in a history that is anchored at its bottom.
 *
 * The scroller is a reversed column, so older pages above cannot move anything. What is new below
 * would: when somebody has scrolled up, the distance by which their row moved is scrolled back.
 */
export class ScrollAnchor {
  /** Whether the end was on the screen before the last update. */
  wasAtEnd = true;
  #host;
  #anchor = null;
  #top = 0;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  get #scroller() {
    return this.#host.scroller;
  }

  /** Tell whether the newest message is on the screen; `scrollTop` goes from 0 down to negative. */
  get isAtEnd() {
    return !this.#scroller || this.#scroller.scrollTop > -END_PX;
  }

  toEnd() {
    this.#anchor = null;
    this.#scroller?.scrollTo({ top: 0 });
  }

  /** Tell whether a row begins above what is on the screen. */
  isAbove(row) {
    return row.getBoundingClientRect().top < this.#scroller.getBoundingClientRect().top;
  }

  /** Bring a row that begins above the screen to its top, under the day and the divider. */
  showUnlessBelow(row) {
    const way = row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    if (way < HEADROOM_PX) this.#scroller.scrollTop += way - HEADROOM_PX;
  }

  hostUpdate() {
    this.wasAtEnd = this.isAtEnd;
    this.#anchor = this.wasAtEnd ? null : this.#rowInView();
    this.#top = this.#anchor?.getBoundingClientRect().top ?? 0;
  }

  hostUpdated() {
    if (!this.#anchor?.isConnected) return;
    const moved = this.#anchor.getBoundingClientRect().top - this.#top;
    if (Math.abs(moved) >= 1) this.#scroller.scrollTop += moved;
    this.#anchor = null;
  }

  #rowInView() {
    const { left, top, width, height } = this.#scroller.getBoundingClientRect();
    const nodes = document.elementsFromPoint(left + width / 2, top + height / 2);
    const inside = nodes.find((node) => this.#scroller.contains(node) && node !== this.#scroller);
    return inside?.closest(".message, .day-name, .day") ?? null;
  }
}
