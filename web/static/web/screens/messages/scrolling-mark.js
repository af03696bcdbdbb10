const SHOWN_MS = 1_200;

/**
 * Gives the host's `scroller` the class "scrolling" until 1.2 s after it has moved.
 *
 * The name of the day is at the top of the screen only meanwhile, because it covers messages there.
 */
export class ScrollingMark {
  #host;
  #scroller = null;
  #timer = 0;

  constructor(host) {
    this.#host = host;
    host.addController(this);
    this.hostUpdated();
  }

  hostUpdated() {
    const { scroller } = this.#host;
    if (scroller === this.#scroller) return;
    this.#scroller = scroller;
    scroller?.addEventListener("scroll", () => this.#mark(scroller), { passive: true });
  }

  hostDisconnected() {
    clearTimeout(this.#timer);
  }

  #mark({ classList }) {
    clearTimeout(this.#timer);
    classList.add("scrolling");
    this.#timer = setTimeout(() => classList.remove("scrolling"), SHOWN_MS);
  }
}
