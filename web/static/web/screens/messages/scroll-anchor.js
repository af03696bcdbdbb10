// A scroll position within this distance of the end counts as the end.
const END_PX = 48;
const HEADROOM_PX = 80;
// Less than the height of a message.
const PROBE_PX = 16;

/**
 * Keeps the scroll position of a history that is anchored at its end.
 *
 * The scroller is a reversed column, so older pages above move nothing. New messages below move the
 * rows. If the end is not visible, this scrolls by the distance that the visible row has moved.
 */
export class ScrollAnchor {
  /** Whether the end was visible before the last update. */
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

  /**
   * Return whether the end is visible; `scrollTop` is 0 at the end and negative above.
   *
   * The end of a part of the past is none: newer messages load below it.
   */
  get isAtEnd() {
    if (!this.#scroller) return true;
    return !this.#host.hasNewer && this.#scroller.scrollTop > -END_PX;
  }

  toEnd() {
    this.#anchor = null;
    this.#scroller?.scrollTo({ top: 0 });
  }

  /** Return whether a row starts above the screen. */
  isAbove(row) {
    return row.getBoundingClientRect().top < this.#scroller.getBoundingClientRect().top;
  }

  /** Scroll a row that starts above the screen to the top, with room for the divider. */
  showUnlessBelow(row) {
    const distance = row.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
    if (distance < HEADROOM_PX) this.#scroller.scrollTop += distance - HEADROOM_PX;
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

  /**
   * Return the message that is nearest to the middle of the screen.
   *
   * In the middle itself may be the name of a day, which is sticky, or the space around it.
   */
  #rowInView() {
    const { left, top, width, height } = this.#scroller.getBoundingClientRect();
    for (let distance = 0; distance < height / 2; distance += PROBE_PX) {
      for (const y of [height / 2 + distance, height / 2 - distance]) {
        const nodes = document.elementsFromPoint(left + width / 2, top + y);
        const row = nodes.find((node) => node.matches(".message") && this.#scroller.contains(node));
        if (row) return row;
      }
    }
    return null;
  }
}
