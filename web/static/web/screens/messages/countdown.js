const SECOND = 1000;

/** A countdown in seconds that re-renders its host each second. */
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
    return Math.max(0, Math.ceil((this.#until - Date.now()) / SECOND));
  }

  start(seconds) {
    this.#until = Date.now() + seconds * SECOND;
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
    const left = this.#until - Date.now();
    // Wake up when the number changes.
    if (left > 0) this.#timer = setTimeout(() => this.#tick(), left % SECOND || SECOND);
  }
}
