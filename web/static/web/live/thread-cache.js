import { account } from "./account.js";
import { page } from "./page.js";

const INTERVAL_MS = 500;

/** Caches the newest messages of one conversation, to show them at once and offline. */
export class ThreadCache {
  #db = account.db;
  #id;
  #snapshot;
  #isDue = false;
  #timer = 0;
  #listening = new AbortController();

  /** `snapshot()` returns the data to cache, or null. */
  constructor(id, snapshot) {
    this.#id = id;
    this.#snapshot = snapshot;
    page.addEventListener("hidden", () => this.#flush(), { signal: this.#listening.signal });
  }

  /**
   * Return the snapshot, or undefined.
   *
   * If a message was deleted after it, as the row of the list that `rowOf()` returns knows, it is deleted: which of
   * the texts must not be shown again is unknown.
   */
  async read(rowOf = () => null) {
    const snapshot = await this.#db.get("threads", this.#id);
    if (!(snapshot?.version < rowOf()?.deleted_version)) return snapshot;
    return this.forget();
  }

  /**
   * Store a snapshot at once, because the page may close at any time; then at most every 0.5 s, unless it
   * `isUrgent`.
   */
  save({ isUrgent = false } = {}) {
    this.#isDue = true;
    if (isUrgent || !this.#timer) this.#flush();
  }

  /** Delete the snapshot. */
  forget() {
    this.#isDue = false;
    this.#db.delete("threads", this.#id);
  }

  close() {
    this.#flush();
    this.#listening.abort();
  }

  #flush() {
    const data = this.#isDue ? this.#snapshot() : null;
    if (!data) return;
    this.#isDue = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#intervalEnded(), INTERVAL_MS);
    this.#db.put("threads", { id: this.#id, ...data });
  }

  #intervalEnded() {
    this.#timer = 0;
    this.#flush();
  }
}
