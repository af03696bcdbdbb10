import { TabChannel } from "../../core/tabs.js";
import { Store } from "../../core/store.js";
import { account } from "../account.js";

const INTERVAL_MS = 200;

/** The share of each photo that was uploaded, from 0 to 1, in whichever tab. */
class Progress extends Store {
  #shares = new Map();
  #channel = null;
  #key;
  #postedAt = 0;

  /** Return the uploaded share of a photo; 0 if unknown. */
  of(key) {
    this.#listen();
    return this.#shares.get(key) ?? 0;
  }

  /** Record the progress of this tab; other tabs learn of it at most every 0.2 s. */
  report(key, share) {
    this.#listen();
    this.#set(key, share);
    const now = performance.now();
    if (share > 0 && share < 1 && now - this.#postedAt < INTERVAL_MS) return;
    this.#postedAt = now;
    this.#channel.post({ key, share });
  }

  /** Open the channel of the account that is signed in now. */
  #listen() {
    if (this.#channel && this.#key === account.key) return;
    this.#channel?.close();
    this.#key = account.key;
    this.#shares.clear();
    this.#channel = new TabChannel(`photos-${this.#key}`, { isAlone: !account.isShared });
    this.#channel.addEventListener("message", ({ data }) => this.#set(data.key, data.share));
  }

  #set(key, share) {
    this.#shares.set(key, share);
    this.changed();
  }
}

export const progress = new Progress();
