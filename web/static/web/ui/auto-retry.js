import { network } from "../core/network.js";
import { delayOf } from "../core/retry.js";
import { page } from "../live/page.js";

// A shown error stays long enough to be read.
const CALM_MS = 5_000;

/**
 * Repeats a failed load of an element: with backoff, and when the network or the user returns.
 *
 * `errorOf()` returns the error that the element shows, or null. `retry()` must keep that error
 * until there is a response.
 */
export class AutoRetry {
  #errorOf;
  #retry;
  #error = null;
  #failures = 0;
  #timer = 0;

  constructor(host, { errorOf, retry }) {
    this.#errorOf = errorOf;
    this.#retry = retry;
    host.addController(this);
  }

  hostConnected() {
    network.addEventListener("online", this.#run);
    page.addEventListener("visible", this.#run);
  }

  hostDisconnected() {
    network.removeEventListener("online", this.#run);
    page.removeEventListener("visible", this.#run);
    this.#follow(null);
  }

  hostUpdated() {
    const error = this.#errorOf() ?? null;
    if (error !== this.#error) this.#follow(error);
  }

  #follow(error) {
    clearTimeout(this.#timer);
    this.#error = error;
    this.#failures = error ? this.#failures + 1 : 0;
    if (!error?.isTemporary) return;
    this.#timer = setTimeout(this.#run, Math.max(CALM_MS, delayOf(error, this.#failures)));
  }

  #run = () => {
    if (this.#error?.isTemporary && page.isVisible) this.#retry();
  };
}
