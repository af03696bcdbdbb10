import { delayAfter } from "./backoff.js";

// Browsers without Web Locks, and pages without TLS: every tab then works for itself.
const locks = navigator.locks;

/** Lead the tabs of this browser: one at a time, until it stops or another takes it over. */
export class Leadership {
  isLeader = false;
  #name;
  #onChange;
  #attempt = null;
  #failures = 0;
  #timer = 0;

  /** `onChange` hears when `isLeader` has changed. */
  constructor(name, onChange) {
    this.#name = name;
    this.#onChange = onChange;
  }

  /** Wait until nobody else leads or, with `steal`, take over from who does. */
  campaign({ steal = false } = {}) {
    if (this.isLeader) return;
    this.#withdraw();
    const attempt = (this.#attempt = new AbortController());
    if (!locks) return this.#become(true);
    // The two options exclude one another.
    const options = steal ? { steal: true } : { signal: attempt.signal };
    const term = () => this.#lead(attempt);
    locks.request(this.#name, options, term).catch(() => this.#lose(attempt));
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

  /** Hold the lock until it is given up. */
  #lead(attempt) {
    if (attempt !== this.#attempt) return undefined;
    this.#failures = 0;
    this.#become(true);
    return new Promise((resolve) => attempt.signal.addEventListener("abort", resolve));
  }

  /**
   * Stand in line again after another tab has taken over, or the browser has refused the lock.
   *
   * It refuses without waiting where a page may have none, as in the back/forward cache: asked again
   * at once, it would be kept busy for good.
   */
  #lose(attempt) {
    if (attempt !== this.#attempt) return;
    this.#become(false);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.campaign(), delayAfter(this.#failures));
  }

  #become(isLeader) {
    if (isLeader === this.isLeader) return;
    this.isLeader = isLeader;
    this.#onChange(isLeader);
  }
}
