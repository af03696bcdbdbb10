import { jittered } from "./backoff.js";
import { page } from "./page.js";

const INTERVAL_MS = 5_000;

/** Ask the server every few seconds, while somebody can be looking. */
export class Poller {
  isRunning = false;
  /** Whether the last request was answered. */
  isAnswered = false;
  #poll;
  #onAnswer;
  #timer = 0;
  #run = 0;
  #listening = null;

  /** `poll` asks once and throws ApiError; `onAnswer` hears when `isAnswered` may have changed. */
  constructor(poll, onAnswer) {
    this.#poll = poll;
    this.#onAnswer = onAnswer;
  }

  start() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    page.addEventListener("visible", () => this.#askNow(), { signal });
    page.addEventListener("online", () => this.#askNow(), { signal });
    this.#askNow();
  }

  stop() {
    this.#run += 1;
    this.#listening?.abort();
    clearTimeout(this.#timer);
    this.isRunning = this.isAnswered = false;
  }

  #askNow() {
    clearTimeout(this.#timer);
    this.#ask();
  }

  async #ask() {
    const run = (this.#run += 1);
    const wait = page.isVisible ? await this.#askOnce() : 0;
    if (run !== this.#run) return;
    this.#onAnswer();
    this.#timer = setTimeout(() => this.#ask(), Math.max(jittered(INTERVAL_MS), wait));
  }

  /** Ask; return how many ms the server wants to be left alone. */
  async #askOnce() {
    const run = this.#run;
    try {
      await this.#poll();
      if (run === this.#run) this.isAnswered = true;
      return 0;
    } catch (error) {
      this.isAnswered = false;
      return (error.retryAfter ?? 0) * 1000;
    }
  }
}
