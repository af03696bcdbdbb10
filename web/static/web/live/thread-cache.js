import { account } from "./account.js";
import { page } from "./page.js";
import { DELETED } from "./patches.js";

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
   * If the `row` of the list says that the newest message was deleted, its text is not shown again.
   */
  async read(row) {
    const snapshot = await this.#db.get("threads", this.#id);
    const newest = snapshot?.messages.at(-1);
    const isDeleted = row?.last_message_kind === "deleted" && row.last_message_at === newest?.created_at;
    if (isDeleted) Object.assign(newest, DELETED);
    return snapshot;
  }

  /**
   * Store a snapshot at once, because the page may close at any time; then at most every 0.5 s, unless it
   * `isUrgent`.
   */
  save({ isUrgent = false } = {}) {
    this.#isDue = true;
    if (isUrgent || !this.#timer) this.#flush();
  }

  /** Delete the snapshot, because access has ended. */
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
