import { account } from "./account.js";
import { page } from "./page.js";

const PAUSE_MS = 500;

/** Keep the newest messages of one conversation on this device, to be seen at once and offline. */
export class KeptThread {
  #db = account.db;
  #id;
  #describe;
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

  /** Keep how it stands, a moment after the last change. */
  save() {
    if (!this.#timer) this.#timer = setTimeout(() => this.#flush(), PAUSE_MS);
  }

  /** Forget it, as it may not be seen any more. */
  forget() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#db.delete("threads", this.#id);
  }

  close() {
    this.#flush();
    this.#listening.abort();
  }

  #flush() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    const kept = this.#describe();
    if (kept) this.#db.put("threads", { id: this.#id, ...kept });
  }
}
