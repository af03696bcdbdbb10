/**
 * Call `onNear` when an element inside the host comes near the screen, again after each update:
 * an observer alone is silent while the element stays in reach, as after a short page.
 */
export class ProximityObserver {
  #host;
  #selector;
  #margin;
  #onNear;
  #observer = null;

  /** `margin` is how far ahead, as in CSS; the host's `scroller` is what scrolls, or null. */
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
    this.#observer = new IntersectionObserver((entries) => this.#look(entries), options);
    this.#observer.observe(element);
  }

  hostDisconnected() {
    this.#observer?.disconnect();
    this.#observer = null;
  }

  #look(entries) {
    if (entries.some((entry) => entry.isIntersecting)) this.#onNear();
  }
}
