// Browsers without Web Locks, and pages without TLS: every tab then works for itself.
const locks = navigator.locks;

/** Do some work while no other tab does; returns what it returns. */
export async function inTurn(name, work) {
  return locks ? locks.request(name, work) : work();
}

/** Lead the tabs of this browser: one at a time, until it stops or another takes it over. */
export class Leadership {
  isLeader = false;
  #name;
  #onChange;
  #attempt = null;

  /** `onChange` hears when `isLeader` has changed. */
  constructor(name, onChange) {
    this.#name = name;
    this.#onChange = onChange;
  }

  /** Wait until nobody else leads or, with `steal`, take over from who does. */
  campaign({ steal = false } = {}) {
    if (this.isLeader) return;
    this.#attempt?.abort();
    const attempt = (this.#attempt = new AbortController());
    if (!locks) return this.#become(true);
    // The two options exclude one another.
    const options = steal ? { steal: true } : { signal: attempt.signal };
    const term = () => this.#lead(attempt);
    locks.request(this.#name, options, term).catch(() => this.#lose(attempt));
  }

  stop() {
    this.#attempt?.abort();
    this.#attempt = null;
    this.#become(false);
  }

  /** Hold the lock until it is given up. */
  #lead(attempt) {
    if (attempt !== this.#attempt) return undefined;
    this.#become(true);
    return new Promise((resolve) => attempt.signal.addEventListener("abort", resolve));
  }

  /** Stand in line again after another tab has taken over. */
  #lose(attempt) {
    if (attempt !== this.#attempt) return;
    this.#become(false);
    this.campaign();
  }

  #become(isLeader) {
    if (isLeader === this.isLeader) return;
    this.isLeader = isLeader;
    this.#onChange(isLeader);
  }
}
