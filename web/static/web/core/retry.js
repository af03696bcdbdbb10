// The policy of all modules on when to repeat what has failed.
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const THROTTLE_SECONDS = 5;
// Longer waits are shown as an error, because a skeleton would look broken.
const PATIENCE_SECONDS = 120;

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

/** Return the seconds to wait before a repetition, as the server says; 0 if it says nothing. */
export function waitSeconds({ status, retryAfter }) {
  return retryAfter ?? (status === 429 ? THROTTLE_SECONDS : 0);
}

/** Return the ms to wait after a number of failures: as the server says, or the backoff. */
export function delayOf(error, failures) {
  return 1000 * waitSeconds(error) || delayAfter(failures);
}

/**
 * Call `read` until the server does not throttle it; return its result.
 *
 * Throws other errors, those with a wait of more than two minutes, and all errors once
 * `isWanted()` is false. `onWait(seconds)` is called before each wait.
 */
export async function untilAccepted(read, isWanted, onWait = () => {}) {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      const seconds = waitSeconds(error);
      if (error.status !== 429 || seconds > PATIENCE_SECONDS) throw error;
      onWait(seconds);
      await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
      if (!isWanted()) throw error;
    }
  }
}
