const TIMEOUT_MS = 2_000;
const RETRY_MS = 30_000;
// The Date header has whole seconds, and responses take time.
const TOLERANCE_MS = 5_000;

/**
 * Reports whether there is a network, and the server's time.
 *
 * With some VPNs and virtual adapters, `navigator.onLine` is false although the network works. So
 * the client counts as offline only if `onLine` is false and a request fails. Fires "online" and
 * "offline", and "clock" if the difference between the device's and the server's clock has changed.
 */
class Network extends EventTarget {
  isOnline = true;
  // The server's clock minus the device's, in ms.
  #offset = 0;

  constructor() {
    super();
    addEventListener("online", () => this.#become(true));
    addEventListener("offline", () => this.#probe());
  }

  /** Return the server's time, in ms since 1970: devices can be off by days. */
  now() {
    return Date.now() + this.#offset;
  }

  /** Record that the server has answered; `date` is the Date header, if known. */
  reportAnswer(date = null) {
    if (!this.isOnline) this.#become(true);
    const difference = Date.parse(date) - Date.now();
    if (!(Math.abs(difference - this.#offset) > TOLERANCE_MS)) return;
    this.#offset = Math.abs(difference) > TOLERANCE_MS ? difference : 0;
    this.dispatchEvent(new Event("clock"));
  }

  /** Record that a request got no answer. */
  reportFailure() {
    if (this.isOnline && !navigator.onLine) this.#become(false);
  }

  /** Probe the server at once, because open sockets do not notice a lost network. */
  async #probe() {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const probe = fetch("/healthz", { method: "HEAD", cache: "no-store", signal });
    await probe.then(() => this.#become(true), () => this.reportFailure());
  }

  #become(isOnline) {
    this.isOnline = isOnline;
    this.dispatchEvent(new Event(isOnline ? "online" : "offline"));
  }
}

export const network = new Network();

/** Load what is not part of the first load; without a network, when it returns or after 30 s. */
export async function untilLoaded(load) {
  // Firefox before 155 and Safari do not fetch a module again that failed once. A worker has it in its cache.
  if (!navigator.onLine && !navigator.serviceWorker?.controller) await untilOnline();
  for (;;) {
    try {
      return await load();
    } catch {
      await untilOnline();
    }
  }
}

function untilOnline() {
  const signal = AbortSignal.timeout(RETRY_MS);
  return new Promise((resolve) => {
    signal.addEventListener("abort", resolve);
    network.addEventListener("online", resolve, { once: true, signal });
  });
}
