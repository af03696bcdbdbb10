import { AutoRetry } from "../../ui/auto-retry.js";
import { ProximityObserver } from "./proximity-observer.js";

/** Loads the next page at one edge of a history, when that edge comes near the screen. */
export class EdgeLoader {
  /** Why the page could not be loaded, or null. */
  error = null;
  #host;
  #load;

  /** `selector` and `margin` are those of the ProximityObserver; `load()` loads one page. */
  constructor(host, { selector, margin, load }) {
    this.#host = host;
    this.#load = load;
    const onNear = () => host.isPlaced && !this.error && this.load();
    new ProximityObserver(host, { selector, margin, onNear });
    new AutoRetry(host, { errorOf: () => this.error, retry: () => this.load() });
  }

  /** Load a page; an error stays until the response. */
  async load() {
    this.error = await this.#load().then(() => null, (error) => error);
    this.#host.requestUpdate();
  }

  retry() {
    this.error = null;
    return this.load();
  }
}
