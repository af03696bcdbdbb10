import { AutoRetry } from "../../ui/auto-retry.js";
import { ProximityObserver } from "./proximity-observer.js";

// Pages load before the user reaches the edge.
const AHEAD = "800px";

/** Loads the next page at one edge of a history, when that edge comes near the screen. */
class EdgeLoader {
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

/** Return the loaders of older and newer messages of a host with a `thread`. */
export function edgeLoaders(host) {
  const top = { selector: ".history-top", margin: `${AHEAD} 0px 0px 0px` };
  const bottom = { selector: ".history-bottom", margin: `0px 0px ${AHEAD} 0px` };
  return {
    older: new EdgeLoader(host, { ...top, load: () => host.thread.loadOlder() }),
    newer: new EdgeLoader(host, { ...bottom, load: () => host.thread.loadNewer() }),
  };
}
