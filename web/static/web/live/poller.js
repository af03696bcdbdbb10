import { jittered, waitSeconds } from "../core/retry.js";
import { page } from "./page.js";

const INTERVAL_MS = 5_000;

/** Polls the server every 5 s while the page is visible. */
export class Poller {
  isRunning = false;
  /** Whether the last request was answered. */
  isAnswered = false;
  #poll;
  #onAnswer;
  #timer = 0;
  #run = 0;
  #listening = null;

  /** `poll()` throws ApiError; `onAnswer()` is called when `isAnswered` may have changed. */
  constructor(poll, onAnswer) {
    this.#poll = poll;
    this.#onAnswer = onAnswer;
  }

  start() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    page.addEventListener("visible", () => this.#pollNow(), { signal });
    page.addEventListener("online", () => this.#pollNow(), { signal });
    this.#pollNow();
  }

  stop() {
    this.#run += 1;
    this.#listening?.abort();
    clearTimeout(this.#timer);
    this.isRunning = this.isAnswered = false;
  }

  #pollNow() {
    clearTimeout(this.#timer);
    this.#loop();
  }

  async #loop() {
    const run = (this.#run += 1);
    const wait = page.isVisible ? await this.#pollOnce() : 0;
    if (run !== this.#run) return;
    this.#onAnswer();
    this.#timer = setTimeout(() => this.#loop(), Math.max(jittered(INTERVAL_MS), wait));
  }

  /** Poll; return the ms that the server says to wait, or 0. */
  async #pollOnce() {
    const run = this.#run;
    try {
      await this.#poll();
      if (run === this.#run) this.isAnswered = true;
      return 0;
    } catch (error) {
      this.isAnswered = false;
      return waitSeconds(error) * 1000;
    }
  }
}
