const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Return the ms to wait after a number of failures: 0.5 s, doubled up to 30 s, half of it random.
 *
 * The randomness spreads the clients that reconnect to a restarted server.
 */
export function delayAfter(failures, random = Math.random) {
  const full = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 16), LONGEST_MS);
  return full / 2 + (full / 2) * random();
}

/** Vary an interval by 20 %, so that clients do not synchronize. */
export function jittered(ms, random = Math.random) {
  return ms * (0.8 + 0.4 * random());
}
