const PAGE_SIZE = 20;
const LARGE_PAGE_SIZE = 100;
const FAST_MS = 3_000;

/**
 * Chooses the size of each page of a history that is scrolled.
 *
 * A page has 20 messages or, if the one before was asked for less than 3 s ago, 100: so the fastest thumb
 * stays within the server's limit of reads a minute.
 */
export class ReadingPace {
  #askedAt = -Infinity;

  nextSize() {
    const now = performance.now();
    const isFast = now - this.#askedAt < FAST_MS;
    this.#askedAt = now;
    return isFast ? LARGE_PAGE_SIZE : PAGE_SIZE;
  }
}
