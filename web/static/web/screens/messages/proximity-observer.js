/**
 * Calls `onNear` when an element of the host comes near the screen, and after each update.
 *
 * An IntersectionObserver does not fire again while the element stays near, which is the case if
 * the page that was loaded is short.
 */
export class ProximityObserver {
  #host;
  #selector;
  #margin;
  #onNear;
  #observer = null;

  /** `margin` is a CSS rootMargin; the host's `scroller` is the scrolling element or null. */
  constructor(host, { selector, margin, onNear }) {
    this.#host = host;
    this.#selector = selector;
    this.#margin = margin;
    this.#onNear = onNear;
    host.addController(this);
  }

  hostUpdated() {
    const element = this.#host.scroller?.querySelector(this.#selector);
    this.hostDisconnected();
    if (!element) return;
    const options = { root: this.#host.scroller, rootMargin: this.#margin };
    this.#observer = new IntersectionObserver((entries) => this.#observed(entries), options);
    this.#observer.observe(element);
  }

  hostDisconnected() {
    this.#observer?.disconnect();
    this.#observer = null;
  }

  #observed(entries) {
    if (entries.some((entry) => entry.isIntersecting)) this.#onNear();
  }
}
