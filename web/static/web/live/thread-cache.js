import { account } from "./account.js";
import { page } from "./page.js";

const PAUSE_MS = 500;

/** Keep the newest messages of one conversation on this device, to be seen at once and offline. */
export class ThreadCache {
  #db = account.db;
  #id;
  #describe;
  #isDue = false;
  #timer = 0;
  #listening = new AbortController();

  /** `describe` returns what is to be kept now, or null for nothing yet. */
  constructor(id, describe) {
    this.#id = id;
    this.#describe = describe;
    page.addEventListener("hidden", () => this.#flush(), { signal: this.#listening.signal });
  }

  read() {
    return this.#db.get("threads", this.#id);
  }

  /** Keep how it stands: at once, as a page may be left at any time, and then once a pause. */
  save() {
    this.#isDue = true;
    if (!this.#timer) this.#flush();
  }

  /** Forget it, as it may not be seen any more. */
  forget() {
    this.#isDue = false;
    this.#db.delete("threads", this.#id);
  }

  close() {
    this.#flush();
    this.#listening.abort();
  }

  #flush() {
    const kept = this.#isDue ? this.#describe() : null;
    if (!kept) return;
    this.#isDue = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#pauseEnded(), PAUSE_MS);
    this.#db.put("threads", { id: this.#id, ...kept });
  }

  #pauseEnded() {
    this.#timer = 0;
    this.#flush();
  }
}
