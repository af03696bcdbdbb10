const BEAT_MS = 20_000;
const PATIENCE_MS = 8_000;
const WAKING_MS = 4_000;

/** Find out that a connection is dead: a cut network tells nobody, least of all an idle socket. */
export class Heartbeat {
  #ping;
  #onSilence;
  #timer = 0;
  #patience = 0;

  /** `ping` asks the other side for an answer; `onSilence` hears when there was none for 8 s. */
  constructor({ ping, onSilence }) {
    this.#ping = ping;
    this.#onSilence = onSilence;
  }

  start() {
    this.stop();
    this.#timer = setInterval(() => this.beat(), BEAT_MS);
    this.beat();
  }

  stop() {
    clearInterval(this.#timer);
    this.heard();
  }

  /** Ask, unless an answer is due already. */
  beat() {
    if (!this.#patience) this.#ask(PATIENCE_MS);
  }

  /** Ask with less patience, as somebody waits who has just come back: 4 s from now. */
  wake() {
    this.heard();
    this.#ask(WAKING_MS);
  }

  #ask(patience) {
    this.#ping();
    this.#patience = setTimeout(() => this.#onSilence(), patience);
  }

  /** Take anything that arrives for an answer. */
  heard() {
    clearTimeout(this.#patience);
    this.#patience = 0;
  }
}
