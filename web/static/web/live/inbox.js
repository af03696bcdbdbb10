import { getUnreadCount, markRead } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { Store } from "../core/store.js";
import { account } from "./account.js";
import { ConversationList, LocatedConversation } from "./conversation-list.js";
import { InboxFeed } from "./inbox-feed.js";

const CACHED_ROWS = 200;
const KEY = "inbox";
// Every sixth poll requests all loaded pages; the others request only the first page.
const FULL_POLL = 6;

/**
 * The user's conversations and unread count, kept in sync with the server.
 *
 * Fires "change", and "arrived" with `{conversation}` when a conversation has new unread messages.
 */
class Inbox extends Store {
  unreadCount = 0;
  /** The archive: `{status, conversations, hasMore}`, empty before `loadArchived`. */
  archived = new ConversationList({ isArchive: true });
  #active = new ConversationList({ isArchive: false });
  #located = new LocatedConversation();
  #feed = null;
  #polls = 0;

  /** "loading", "ready" (also with cached rows) or "error". */
  get status() {
    return this.#active.status === "idle" ? "loading" : this.#active.status;
  }

  /** Why the last load failed, or null. */
  get error() {
    return this.#active.error;
  }

  get conversations() {
    return this.#active.conversations;
  }

  get hasMore() {
    return this.#active.hasMore;
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
    return this.connection === "polling" && this.#active.isFresh;
  }

  /** Return whether this tab acts for all tabs of the browser. */
  get isLeader() {
    return this.#feed?.isLeader ?? false;
  }

  async start() {
    if (this.#feed) return;
    const feed = (this.#feed = new InboxFeed(() => this.#poll()));
    feed.addEventListener("frame", ({ detail }) => this.#receive(detail));
    feed.addEventListener("synced", () => this.retry());
    feed.addEventListener("connection", () => this.changed());
    const cached = await account.db.get("kv", KEY);
    if (feed !== this.#feed) return;
    if (cached) this.#restore(cached);
    feed.start();
    // If there are cached rows, they are shown until the feed is synced.
    if (!cached) this.retry();
  }

  /** Stop, and clear everything for the next user. */
  stop() {
    this.#feed?.stop();
    this.#feed = null;
    this.#active = new ConversationList({ isArchive: false });
    this.archived = new ConversationList({ isArchive: true });
    this.#located = new LocatedConversation();
    this.unreadCount = 0;
    this.changed();
  }

  // Finding
  // ------------------------------------------------------------------------------
  get(id) {
    return this.#listed(id) ?? this.#located.get(id);
  }

  #listed = (id) => this.#active.get(id) ?? this.archived.get(id);

  /** Return the loaded active conversation with a trainee, or null. */
  findByTrainee(traineeId) {
    return this.conversations.find((each) => each.trainee.id === traineeId) ?? null;
  }

  /** Find a conversation in the lists or on the server; null without access. Throws ApiError. */
  async locate(id) {
    const row = this.#listed(id) ?? (await this.#located.fetch(id));
    this.#updated();
    return row;
  }

  /** Trainees have no access to archived conversations. */
  get #hasArchive() {
    return session.user?.role !== "TRAINEE";
  }

  put(conversation) {
    this.#active.put(conversation);
    if (this.#hasArchive) this.archived.put(conversation);
    const isLost = conversation.is_archived && !this.#hasArchive;
    this.#located.put(conversation.id, isLost ? null : conversation);
    this.#updated();
  }

  // Loading
  // ------------------------------------------------------------------------------
  /** Reload; on failure the rows stay. `options` are those of ConversationList's `load`. */
  async retry(options) {
    if (this.archived.isFresh) this.loadArchived();
    this.#located.refresh(this.#listed).catch(() => {}); // the conversation stays on the screen, like the lists
    await this.#active.load(() => this.#updated(), options);
  }

  /** Load the next page; throws ApiError. */
  async loadMore() {
    await this.#active.loadMore();
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

  async #poll() {
    const all = this.#polls++ % FULL_POLL === 0;
    const feed = this.#feed;
    const [{ unread_count }] = await Promise.all([getUnreadCount(), this.#active.refresh({ all })]);
    await this.#located.refresh(this.#listed);
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
      this.#updated();
    } else if (frame.type === "conversation_updated") {
      this.#receiveConversation(frame.conversation);
    }
  }

  #receiveConversation(conversation) {
    const before = this.get(conversation.id)?.unread_count ?? 0;
    this.put(conversation);
    if (conversation.is_archived || conversation.unread_count <= before) return;
    this.dispatchEvent(new CustomEvent("arrived", { detail: { conversation } }));
  }

  // On this device
  #restore({ conversations, unreadCount }) {
    this.#active.restore(conversations);
    this.unreadCount = unreadCount;
    this.changed();
  }

  /** Cache and show the current state; after `stop` late responses are ignored. */
  #updated() {
    if (!this.#feed) return;
    const { unreadCount } = this;
    const snapshot = { conversations: this.conversations.slice(0, CACHED_ROWS), unreadCount };
    if (this.#active.isFresh) account.db.put("kv", snapshot, KEY);
    this.changed();
  }
}

export const inbox = new Inbox();
