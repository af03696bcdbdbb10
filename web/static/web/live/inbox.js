import { getUnreadCount, markRead } from "../core/endpoints.js";
import { Store } from "../core/store.js";
import { account } from "./account.js";
import { InboxFeed } from "./inbox-feed.js";
import { InboxRows } from "./inbox-rows.js";

const CACHED_ROWS = 200;
const KEY = "inbox";

/**
 * The user's conversations and unread count, kept in sync with the server.
 *
 * Fires "change"; "updated" with the conversation of each frame, which may be in no list; and "arrived" with
 * `{conversation}` when a conversation has new unread messages.
 */
class Inbox extends Store {
  unreadCount = 0;
  #rows = new InboxRows();
  #feed = null;

  /** The archive: `{status, conversations, hasMore}`, empty before `loadArchived`. */
  get archived() {
    return this.#rows.archived;
  }

  /** "loading", "ready" (also with cached rows) or "error". */
  get status() {
    return this.#rows.active.status === "idle" ? "loading" : this.#rows.active.status;
  }

  /** Why the last load failed, or null. */
  get error() {
    return this.#rows.active.error;
  }

  get conversations() {
    return this.#rows.active.conversations;
  }

  get hasMore() {
    return this.#rows.active.hasMore;
  }

  /** "connecting", "online", "reconnecting", "polling" or "offline". */
  get connection() {
    return this.#feed?.connection ?? "connecting";
  }

  /** The time of the last change to `connection`, as performance.now(). */
  get connectionSince() {
    return this.#feed?.connectionSince ?? performance.now();
  }

  /** Return whether the list comes from polling, so that no socket reports changes. */
  get isPolled() {
    return this.connection === "polling" && this.#rows.active.isFresh;
  }

  /** Return whether this tab acts for all tabs of the browser. */
  get isLeader() {
    return this.#feed?.isLeader ?? false;
  }

  async start() {
    if (this.#feed) return;
    const feed = (this.#feed = new InboxFeed(() => this.#poll()));
    feed.addEventListener("frame", ({ detail }) => this.#receive(detail));
    feed.addEventListener("synced", () => this.#synced(feed));
    feed.addEventListener("connection", () => this.changed());
    const cached = await account.db.get("kv", KEY);
    if (feed !== this.#feed) return;
    if (cached) this.#restore(cached);
    feed.start();
    // If there are cached rows, they are shown until the feed is synced.
    if (!cached) this.#rows.active.loadFirst(() => this.#updated());
  }

  /** Stop, and clear everything for the next user. */
  stop() {
    this.#feed?.stop();
    this.#feed = null;
    this.#rows = new InboxRows();
    this.unreadCount = 0;
    this.changed();
  }

  // Finding
  // ------------------------------------------------------------------------------
  get(id) {
    return this.#rows.get(id);
  }

  /** Return the loaded active conversation with a trainee, or null. */
  findByTrainee(traineeId) {
    return this.conversations.find((each) => each.trainee.id === traineeId) ?? null;
  }

  /** Find a conversation in the lists or on the server; null without access. Throws ApiError. */
  async locate(id) {
    const row = await this.#rows.locate(id);
    this.#updated();
    return row;
  }

  put(conversation) {
    this.#rows.put(conversation);
    this.#updated();
  }

  // Loading
  // ------------------------------------------------------------------------------
  /** Reload; on failure the rows stay. `options` are those of ConversationList's `load`. */
  async retry(options) {
    this.#reloadOthers();
    await this.#rows.active.load(() => this.#updated(), options);
  }

  #reloadOthers() {
    if (this.archived.isFresh) this.loadArchived();
    this.#rows.refreshLocated().catch(() => {}); // the conversation stays on the screen, like the lists
  }

  /** Load the next page; throws ApiError. */
  async loadMore() {
    await this.#rows.active.loadMore();
    this.#updated();
  }

  loadArchived(options) {
    return this.archived.load(() => this.changed(), options);
  }

  /** Load the next page of the archive; throws ApiError. */
  async loadMoreArchived() {
    await this.archived.loadMore();
    this.changed();
  }

  /** Reload after a connection, because events may have been missed before. */
  async #synced(feed) {
    const isCurrent = await this.#rows.active.hasMissedNothing();
    if (feed !== this.#feed) return;
    if (isCurrent) this.#reloadOthers();
    else this.retry();
  }

  async #poll() {
    const feed = this.#feed;
    const [{ unread_count }] = await Promise.all([getUnreadCount(), this.#rows.active.poll()]);
    await this.#rows.refreshLocated();
    if (feed === this.#feed) feed.share({ type: "unread_count", unread_count });
  }

  /** Mark all messages of a conversation as read; throws ApiError. */
  async markRead(id) {
    await markRead(id);
    const row = this.get(id);
    // Where sockets are blocked, the new state would arrive with a later poll.
    this.unreadCount = Math.max(0, this.unreadCount - (row?.unread_count ?? 0));
    if (row) this.put({ ...row, unread_count: 0 });
  }

  // From the feed
  #receive(frame) {
    if (frame.type === "unread_count") {
      this.unreadCount = frame.unread_count;
      this.#rows.active.newest ??= frame.newest ?? null;
      this.#updated();
    } else if (frame.type === "conversation_updated") {
      this.#receiveConversation(frame.conversation);
    }
  }

  #receiveConversation(conversation) {
    const before = this.get(conversation.id)?.unread_count ?? 0;
    this.put(conversation);
    this.dispatchEvent(new CustomEvent("updated", { detail: conversation }));
    if (conversation.is_archived || conversation.unread_count <= before) return;
    this.dispatchEvent(new CustomEvent("arrived", { detail: { conversation } }));
  }

  // On this device
  #restore({ conversations, unreadCount }) {
    this.#rows.active.restore(conversations);
    this.unreadCount = unreadCount;
    this.changed();
  }

  /** Cache and show the current state; after `stop` late responses are ignored. */
  #updated() {
    if (!this.#feed) return;
    const { unreadCount } = this;
    const snapshot = { conversations: this.conversations.slice(0, CACHED_ROWS), unreadCount };
    if (this.#rows.active.isFresh) account.db.put("kv", snapshot, KEY);
    this.changed();
  }
}

export const inbox = new Inbox();
