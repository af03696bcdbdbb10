import { getUnreadCount } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { Store } from "../core/store.js";
import { account } from "./account.js";
import { ConversationList } from "./conversation-list.js";
import { InboxFeed } from "./inbox-feed.js";

const KEPT = 200;
const KEY = "inbox";
// Where sockets are blocked, how often a poll asks for more than the newest page.
const THOROUGH = 6;

/**
 * The conversations and the unread count of who is signed in, as they are on the server.
 *
 * Fires "change", and "arrived" when a conversation has something new to read: `detail` is
 * `{conversation}`.
 */
class Inbox extends Store {
  unreadCount = 0;
  /** The archive: `{status, conversations, hasMore}`, empty before `loadArchived`. */
  archived = new ConversationList({ isArchive: true });
  #active = new ConversationList({ isArchive: false });
  #feed = null;
  #polls = 0;

  /** "loading", "ready" (also with what was kept) or "error". */
  get status() {
    return this.#active.status === "idle" ? "loading" : this.#active.status;
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

  /** When `connection` became what it is; Date.now(). */
  get connectionSince() {
    return this.#feed?.connectionSince ?? Date.now();
  }

  /** Tell whether the list is as a poll has found it: no socket tells of a change. */
  get isPolled() {
    return this.connection === "polling" && this.#active.isFresh;
  }

  /** Tell whether this is the tab that acts for all tabs of the browser. */
  get isLeader() {
    return this.#feed?.isLeader ?? false;
  }

  async start() {
    if (this.#feed) return;
    const feed = (this.#feed = new InboxFeed(() => this.#poll()));
    feed.addEventListener("frame", ({ detail }) => this.#receive(detail));
    feed.addEventListener("synced", () => this.retry());
    feed.addEventListener("connection", () => this.changed());
    const kept = await account.db.get("kv", KEY);
    if (feed !== this.#feed) return;
    if (kept) this.#restore(kept);
    feed.start();
    // Otherwise what was kept is shown until the feed says that frames come from now on.
    if (!kept) this.retry();
  }

  /** Stop, and forget everything: the next user sees nothing of it. */
  stop() {
    this.#feed?.stop();
    this.#feed = null;
    this.#active = new ConversationList({ isArchive: false });
    this.archived = new ConversationList({ isArchive: true });
    this.unreadCount = 0;
    this.changed();
  }

  // Finding
  // ------------------------------------------------------------------------------
  get(id) {
    return this.#active.get(id) ?? this.archived.get(id);
  }

  /** Return the active conversation with a trainee, if it is loaded; else null. */
  findByTrainee(traineeId) {
    return this.conversations.find((each) => each.trainee.id === traineeId) ?? null;
  }

  /** Find a conversation, loading as much as it takes; null if there is none; throws ApiError. */
  async locate(id) {
    await this.#loadUntil(this.#active, id);
    if (this.#hasArchive) await this.#loadUntil(this.archived, id);
    return this.get(id);
  }

  /** A trainee does not see any more what was archived. */
  get #hasArchive() {
    return session.user?.role !== "TRAINEE";
  }

  async #loadUntil(list, id) {
    if (!this.get(id) && !list.isFresh) await list.refresh();
    while (!this.get(id) && list.hasMore) await list.loadMore();
    this.#updated();
  }

  put(conversation) {
    this.#active.put(conversation);
    if (this.#hasArchive) this.archived.put(conversation);
    this.#updated();
  }

  // Loading
  // ------------------------------------------------------------------------------
  /** Load afresh all that is held; what is shown stays when that fails. */
  async retry() {
    if (this.archived.isFresh) this.loadArchived();
    await this.#active.load(() => this.#updated());
  }

  /** Load the next page; throws ApiError. */
  async loadMore() {
    await this.#active.loadMore();
    this.#updated();
  }

  loadArchived() {
    return this.archived.load(() => this.changed());
  }

  /** Load the next page of the archive; throws ApiError. */
  async loadMoreArchived() {
    await this.archived.loadMore();
    this.changed();
  }

  async #poll() {
    const all = this.#polls++ % THOROUGH === 0;
    const feed = this.#feed;
    const [{ unread_count }] = await Promise.all([getUnreadCount(), this.#active.refresh({ all })]);
    if (feed === this.#feed) feed.share({ type: "unread_count", unread_count });
  }

  // From the feed
  // ------------------------------------------------------------------------------
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
  // ------------------------------------------------------------------------------
  #restore({ conversations, unreadCount }) {
    this.#active.restore(conversations);
    this.unreadCount = unreadCount;
    this.changed();
  }

  /** Keep what is shown, and show it; after `stop` what still arrives is nobody's. */
  #updated() {
    if (!this.#feed) return;
    const { unreadCount } = this;
    const kept = { conversations: this.conversations.slice(0, KEPT), unreadCount };
    if (this.#active.isFresh) account.db.put("kv", kept, KEY);
    this.changed();
  }
}

export const inbox = new Inbox();
