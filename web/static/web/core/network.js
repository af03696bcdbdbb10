const TIMEOUT_MS = 2_000;

/**
 * Reports whether there is a network.
 *
 * With some VPNs and virtual adapters, `navigator.onLine` is false although the network works. So
 * the client counts as offline only if `onLine` is false and a request fails. Fires "online" and
 * "offline".
 */
class Network extends EventTarget {
  isOnline = true;

  constructor() {
    super();
    addEventListener("online", () => this.#become(true));
    addEventListener("offline", () => this.#probe());
  }

  /** Record that the server has answered. */
  reportAnswer() {
    if (!this.isOnline) this.#become(true);
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
