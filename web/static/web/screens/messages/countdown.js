const SECOND = 1000;

/** Count seconds down to a moment, and draw the host anew with each. */
export class Countdown {
  #host;
  #until = 0;
  #timer = null;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  /** How many whole seconds are left. */
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
    // Awake when the number changes, not a second after the last time.
    if (left > 0) this.#timer = setTimeout(() => this.#tick(), left % SECOND || SECOND);
  }
}
