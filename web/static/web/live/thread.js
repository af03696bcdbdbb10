import { account } from "./account.js";
import { inbox } from "./inbox.js";
import { openThreads } from "./open-threads.js";
import { outbox } from "./outbox.js";
import { ReadReceipts } from "./read-receipts.js";
import { ShownHistory } from "./shown-history.js";
import { ThreadSource } from "./thread-source.js";
import { OtherTyping, OwnTyping } from "./typing.js";

/**
 * One conversation with its messages on the server and in the outbox.
 *
 * Fires "change", "returned", and "incoming" once for each new message of the other person.
 */
class Thread extends ShownHistory {
  /** The incoming messages since the thread was opened, for those who listen late. */
  incoming = [];
  #readReceipts;
  #ownTyping;
  #otherTyping = new OtherTyping(() => this.changed());

  constructor(id) {
    super(new ThreadSource(id));
    this.id = id;
    const { timeline, feed } = this.source;
    this.#readReceipts = new ReadReceipts(id, timeline, feed);
    this.#ownTyping = new OwnTyping((frame) => feed.send(frame));
    this.#listen();
    this.source.open();
  }

  // State
  // ------------------------------------------------------------------------------
  /** "loading", "ready", "error", "gone" (no access) or "archived" (read-only). */
  get status() {
    return this.source.status;
  }

  /** Why the last load failed, or null. */
  get error() {
    return this.source.error;
  }

  /** The conversation as in the list, or null until loaded. */
  get conversation() {
    return this.source.conversation;
  }

  get pending() {
    const traineeId = this.conversation?.trainee.id;
    const waiting = [...outbox.list(this.id), ...outbox.list({ traineeId })];
    if (!waiting.length) return waiting;
    const arrived = new Set(this.newestMessages.map((each) => each.client_id));
    return waiting.filter((each) => !arrived.has(each.client_id));
  }

  get target() {
    return { conversation_id: this.id };
  }

  get otherIsTyping() {
    return this.#otherTyping.isTyping;
  }

  /** "connecting", "online", "reconnecting", "polling" or "offline". */
  get connection() {
    return this.#live.connection;
  }

  /** The time of the last change to `connection`, as performance.now(). */
  get connectionSince() {
    return this.#live.connectionSince;
  }

  // Actions
  // ------------------------------------------------------------------------------
  /** Reload after an error. */
  retry(options) {
    return this.source.retry(options);
  }

  send(...content) {
    this.#ownTyping.stop();
    return super.send(...content);
  }

  /** Record a keystroke, and whether the composer has text. */
  type(hasText) {
    if (!account.isReadOnly && this.status === "ready") this.#ownTyping.type(hasText);
  }

  /** Record the newest message on the screen; it is marked as read on a focused page. */
  seen(messageId) {
    this.#readReceipts.seen(messageId);
  }

  /** Mark all messages up to this one as read. */
  readUpTo(messageId) {
    this.#readReceipts.readUpTo(messageId);
  }

  close() {
    super.close();
    this.#ownTyping.stop();
    this.#otherTyping.show(false);
    this.#readReceipts.stop();
    this.source.close();
  }

  // Events
  // ------------------------------------------------------------------------------
  get #live() {
    return this.source.feed.isRunning ? this.source.feed : inbox;
  }

  #listen() {
    const { feed } = this.source;
    this.follow(this.source, "change", () => this.#changed());
    this.follow(feed, "incoming", ({ detail }) => this.#incoming(detail));
    this.follow(feed, "typing", ({ detail }) => this.#otherTyping.show(detail));
    this.follow(feed, "connection", () => this.#connected());
    this.follow(inbox, "change", () => this.source.follow());
  }

  #changed() {
    this.#readReceipts.consider();
    for (const { client_id } of outbox.list(this.id)) {
      if (this.newestMessages.some((each) => each.client_id === client_id)) outbox.settle(client_id);
    }
    this.changed();
  }

  #incoming(message) {
    this.#otherTyping.show(false);
    this.incoming.push(message);
    this.dispatchEvent(new CustomEvent("incoming", { detail: message }));
  }

  arrived(message) {
    if (message.conversation_id === this.id) this.source.feed.add(message);
  }

  #connected() {
    if (["online", "polling"].includes(this.connection)) outbox.wake();
    if (this.connection !== "online") this.#otherTyping.show(false);
    this.#readReceipts.consider();
    this.changed();
  }
}

/** Open a conversation; its thread is shared until every caller has closed it. */
export function openThread(conversationId) {
  return openThreads.share(conversationId, () => new Thread(conversationId));
}
