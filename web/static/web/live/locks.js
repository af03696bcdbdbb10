import { feature } from "../core/web-storage.js";
import { delayAfter } from "../core/retry.js";

// Undefined in old browsers, on pages without TLS and where storage is blocked: every tab leads.
const locks = feature("locks", navigator);

/** Leader election between the tabs of this browser, by a Web Lock. */
export class Leadership {
  isLeader = false;
  #name;
  #onChange;
  #attempt = null;
  #failures = 0;
  #timer = 0;

  /** `onChange(isLeader)` is called after each change. */
  constructor(name, onChange) {
    this.#name = name;
    this.#onChange = onChange;
  }

  /** Wait for leadership or, with `steal`, take it over. */
  campaign({ steal = false } = {}) {
    if (this.isLeader) return;
    this.#withdraw();
    const attempt = (this.#attempt = new AbortController());
    if (!locks) return this.#become(true);
    // The two options are mutually exclusive.
    const options = steal ? { steal: true } : { signal: attempt.signal };
    const term = () => this.#lead(attempt);
    locks.request(this.#name, options, term).catch((error) => this.#refused(attempt, error));
  }

  stop() {
    this.#withdraw();
    this.#become(false);
  }

  #withdraw() {
    clearTimeout(this.#timer);
    this.#attempt?.abort();
    this.#attempt = null;
  }

  /** Hold the lock until `#withdraw`. */
  #lead(attempt) {
    if (attempt !== this.#attempt) return undefined;
    this.#failures = 0;
    this.#become(true);
    return new Promise((resolve) => attempt.signal.addEventListener("abort", resolve));
  }

  /**
   * Campaign again, with backoff, after another tab has taken over or the browser refused the lock.
   *
   * Without backoff this would loop in the back/forward cache, where requests are refused at once.
   */
  #lose(attempt) {
    if (attempt !== this.#attempt) return;
    this.#become(false);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.campaign(), delayAfter(this.#failures));
  }

  /** Lead where storage is blocked, and with it all locks; else campaign again. */
  #refused(attempt, error) {
    if (error?.name === "SecurityError" && attempt === this.#attempt) this.#become(true);
    else this.#lose(attempt);
  }

  #become(isLeader) {
    if (isLeader === this.isLeader) return;
    this.isLeader = isLeader;
    this.#onChange(isLeader);
  }
}
