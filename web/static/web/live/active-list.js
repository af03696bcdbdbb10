import { ConversationList } from "./conversation-list.js";

// Every sixth poll requests all loaded pages; the others request only the first page.
const FULL_POLL = 6;

/** The active conversations, which are loaded once when a page opens, and then kept in sync. */
export class ActiveList extends ConversationList {
  /** The server's first page at the time of the connection, as [id, version] pairs, or null. */
  newest = null;
  #firstLoad = null;
  #polls = 0;
  // The rows that arrived in frames.
  #arrived = new Set();

  constructor() {
    super({ isArchive: false });
  }

  put(row) {
    this.#arrived.add(row.id);
    super.put(row);
  }

  /** Load the first page, when a page opens without cached rows. Calls `onStatus` on changes. */
  loadFirst(onStatus) {
    this.#firstLoad = this.load(onStatus);
  }

  /**
   * Resolve to whether the rows of the first load are as new as the connection, so that no event was missed.
   *
   * Call this once per connection, before its first frame, which brings `newest`.
   */
  async hasMissedNothing() {
    const load = this.#firstLoad;
    this.#firstLoad = this.newest = null;
    await load;
    return load !== null && this.isFresh && this.newest !== null && this.#covers(this.newest);
  }

  #covers(newest) {
    const listed = new Set(newest.map(([id]) => id));
    const isHeld = ([id, version]) => this.get(id)?.version >= version;
    const isKnown = ({ id }) => listed.has(id) || this.#arrived.has(id);
    return newest.every(isHeld) && this.conversations.every(isKnown);
  }

  /** Reload for a poll; on a slow network, the first load can still be under way. Throws ApiError. */
  async poll() {
    const all = this.#polls++ % FULL_POLL === 0;
    if (this.#firstLoad && this.status === "loading") await this.#firstLoad;
    else await this.refresh({ all });
  }
}
