const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Return how many ms to wait before a try, after so many that failed: half of it is chance.
 *
 * It doubles from 0.5 s to 30 s. Without the chance all clients of a restarted server would come
 * back in the same moment.
 */
export function delayAfter(failures, random = Math.random) {
  const full = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 16), LONGEST_MS);
  return full / 2 + (full / 2) * random();
}

/** Return a time that differs by a fifth either way, so that clients do not march in step. */
export function jittered(ms, random = Math.random) {
  return ms * (0.8 + 0.4 * random());
}
