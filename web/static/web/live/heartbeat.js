const INTERVAL_MS = 20_000;
const TIMEOUT_MS = 8_000;
const WAKE_TIMEOUT_MS = 4_000;

/** Detects dead connections with pings, because an idle socket does not notice a lost network. */
export class Heartbeat {
  #ping;
  #onSilence;
  #timer = 0;
  #timeout = 0;

  /** `ping()` requests an answer; `onSilence()` is called if none arrives within 8 s. */
  constructor({ ping, onSilence }) {
    this.#ping = ping;
    this.#onSilence = onSilence;
  }

  start() {
    this.stop();
    this.#timer = setInterval(() => this.beat(), INTERVAL_MS);
    this.beat();
  }

  stop() {
    clearInterval(this.#timer);
    this.heard();
  }

  /** Ping, unless an answer is pending. */
  beat() {
    if (!this.#timeout) this.#send(TIMEOUT_MS);
  }

  /** Ping with a timeout of 4 s, for a user who has just returned. */
  wake() {
    this.heard();
    this.#send(WAKE_TIMEOUT_MS);
  }

  #send(timeout) {
    this.#ping();
    this.#timeout = setTimeout(() => this.#onSilence(), timeout);
  }

  /** Record that a frame arrived; any frame counts as an answer. */
  heard() {
    clearTimeout(this.#timeout);
    this.#timeout = 0;
  }
}
