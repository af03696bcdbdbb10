const PATIENCE_MS = 2_000;

/**
 * Know whether there is a network: the device says what it believes, and an answer proves it.
 *
 * `navigator.onLine` is false with some VPNs and virtual adapters while all works. So nobody waits
 * for it to change: there is no network when the device says so and no answer comes either. Fires
 * "online" when there may be one again, and "offline".
 */
class Network extends EventTarget {
  isOnline = true;

  constructor() {
    super();
    addEventListener("online", () => this.#become(true));
    addEventListener("offline", () => this.#ask());
  }

  /** Note that the server has answered. */
  answered() {
    if (!this.isOnline) this.#become(true);
  }

  /** Note that no answer came. */
  failed() {
    if (this.isOnline && !navigator.onLine) this.#become(false);
  }

  /** Ask at once, as an open connection would not notice that the network is gone. */
  async #ask() {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const asked = fetch("/healthz", { method: "HEAD", cache: "no-store", signal });
    await asked.then(() => this.#become(true), () => this.failed());
  }

  #become(isOnline) {
    this.isOnline = isOnline;
    this.dispatchEvent(new Event(isOnline ? "online" : "offline"));
  }
}

export const network = new Network();
