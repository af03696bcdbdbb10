const SECOND = 1000;

/** A countdown in seconds that re-renders its host each second, whatever the device's clock does. */
export class Countdown {
  #host;
  #until = 0;
  #timer = null;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  /** The remaining whole seconds. */
  get seconds() {
    return Math.max(0, Math.ceil((this.#until - performance.now()) / SECOND));
  }

  start(seconds) {
    this.#until = performance.now() + seconds * SECOND;
    this.#tick();
  }

  hostConnected() {
    if (this.seconds) this.#tick();
  }

  hostDisconnected() {
    clearTimeout(this.#timer);
  }

  #tick() {
    clearTimeout(this.#timer);
    this.#host.requestUpdate();
    const left = this.#until - performance.now();
    // Wake up when the number changes.
    if (left > 0) this.#timer = setTimeout(() => this.#tick(), left % SECOND || SECOND);
  }
}
