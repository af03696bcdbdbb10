import { ApiError } from "./api.js";
import { feature } from "./web-storage.js";

/**
 * Run `work` under a lock that all tabs share; return its result.
 *
 * A page in the back/forward cache gets no lock. This then throws the ApiError of an unreachable
 * server, so that callers retry as they do offline.
 */
export async function withLock(name, work) {
  const locks = feature("locks", navigator);
  if (!locks) return work();
  try {
    return await locks.request(name, work);
  } catch (error) {
    if (error.name === "SecurityError") return work(); // storage is blocked, so there is one tab
    throw error.name === "InvalidStateError" ? new ApiError({}) : error;
  }
}

/** A channel between the tabs of one user; fires "message" with `data`. */
export class TabChannel extends EventTarget {
  #channel;

  /** `isAlone` disables the channel, for example while impersonating. */
  constructor(name, { isAlone = false } = {}) {
    super();
    if (!isAlone) this.#channel = openChannel(name);
    this.#channel?.addEventListener("message", ({ data }) => {
      this.dispatchEvent(new MessageEvent("message", { data }));
    });
  }

  post(data) {
    this.#channel?.postMessage(data);
  }

  close() {
    this.#channel?.close();
  }
}

/** Return a channel, or undefined where storage is blocked, so that there is one tab. */
function openChannel(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}
