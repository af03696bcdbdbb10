import { account } from "./account.js";
import { inbox } from "./inbox.js";
import { outbox } from "./outbox.js";
import { Outgoing } from "./outgoing.js";
import { ReadReceipts } from "./read-receipts.js";
import { ThreadSource } from "./thread-source.js";
import { OtherTyping, OwnTyping } from "./typing.js";

export { openNewThread } from "./new-thread.js";

/**
 * One conversation with its messages, as they are on the server and in the outbox.
 *
 * Beside "change" and "returned" it fires "incoming" with each message of the other side that came
 * live, once, in `detail`.
 */
class Thread extends Outgoing {
  isLoadingOlder = false;
  #source;
  #readReceipts;
  #ownTyping;
  #otherTyping = new OtherTyping(() => this.changed());

  constructor(id) {
    super();
    this.id = id;
    this.#source = new ThreadSource(id);
    const { timeline, feed } = this.#source;
    this.#readReceipts = new ReadReceipts(id, timeline, feed);
    this.#ownTyping = new OwnTyping((frame) => feed.send(frame));
    this.#listen();
    this.#source.open();
  }

  // What it shows
  // ------------------------------------------------------------------------------
  /** "loading", "ready", "error", "gone" (nothing to see here) or "archived" (to read only). */
  get status() {
    return this.#source.status;
  }

  /** The conversation as the list has it, or null before it is known. */
  get conversation() {
    return this.#source.conversation;
  }

  /** Ascending by id. */
  get messages() {
    return this.#source.timeline.messages;
  }

  get hasOlder() {
    return this.#source.timeline.isLoaded && this.#source.timeline.hasOlder;
  }

  get pending() {
    const traineeId = this.conversation?.trainee.id;
    const waiting = [...outbox.list(this.id), ...outbox.list({ traineeId })];
    if (!waiting.length) return waiting;
    const arrived = new Set(this.messages.map((each) => each.client_id));
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

  /** When `connection` became what it is; Date.now(). */
  get connectionSince() {
    return this.#live.connectionSince;
  }

  /** The newest message of the other side that was read, on any device; 0 for none. */
  get newestSeenId() {
    const { isOthers } = this.#source.timeline;
    return this.messages.findLast((each) => each.is_read && isOthers(each))?.id ?? 0;
  }

  // What the view does
  // ------------------------------------------------------------------------------
  /** Load the page before the oldest message; one at a time. Throws ApiError. */
  async loadOlder() {
    if (this.isLoadingOlder || !this.hasOlder) return;
    this.isLoadingOlder = true;
    this.changed();
    try {
      await this.#source.loadOlder();
    } finally {
      this.isLoadingOlder = false;
      this.changed();
    }
  }

  /** Load again after an error. */
  retry() {
    return this.#source.retry();
  }

  send(text) {
    this.#ownTyping.stop();
    return super.send(text);
  }

  /** Note a key stroke in the box, and whether there is text in it now. */
  type(hasText) {
    if (!account.isReadOnly && this.status === "ready") this.#ownTyping.type(hasText);
  }

  /** Note the newest message on the screen; it is marked as read if somebody looks at the page. */
  seen(messageId) {
    this.#readReceipts.seen(messageId);
  }

  close() {
    super.close();
    this.#ownTyping.stop();
    this.#otherTyping.show(false);
    this.#readReceipts.stop();
    this.#source.close();
  }

  // What happens
  // ------------------------------------------------------------------------------
  get #live() {
    return this.#source.feed.isRunning ? this.#source.feed : inbox;
  }

  #listen() {
    const { feed } = this.#source;
    this.follow(this.#source, "change", () => this.#changed());
    this.follow(feed, "incoming", ({ detail }) => this.#incoming(detail));
    this.follow(feed, "typing", ({ detail }) => this.#otherTyping.show(detail));
    this.follow(feed, "connection", () => this.#connected());
    this.follow(inbox, "change", () => this.#source.follow());
    this.follow(outbox, "sent", ({ detail }) => this.#sent(detail.message));
  }

  #changed() {
    this.#readReceipts.consider();
    for (const { client_id } of outbox.list(this.id)) {
      if (this.messages.some((each) => each.client_id === client_id)) outbox.settle(client_id);
    }
    this.changed();
  }

  #incoming(message) {
    this.#otherTyping.show(false);
    this.dispatchEvent(new CustomEvent("incoming", { detail: message }));
  }

  #sent(message) {
    if (message.conversation_id === this.id) this.#source.feed.add(message);
  }

  #connected() {
    if (["online", "polling"].includes(this.connection)) outbox.wake();
    if (this.connection !== "online") this.#otherTyping.show(false);
    this.#readReceipts.consider();
    this.changed();
  }
}

// A view may be closed after its successor has opened: both then have the same thread.
const open = new Map();

/** Open a conversation; one that is open already is shared, until each has closed it. */
export function openThread(conversationId) {
  const entry = open.get(conversationId) ?? { thread: new Thread(conversationId), users: 0 };
  entry.users += 1;
  open.set(conversationId, entry);
  return entry.thread;
}

/** Be done with a thread. */
export function closeThread(thread) {
  const entry = open.get(thread.id);
  if (entry?.thread !== thread) return thread.close();
  entry.users -= 1;
  if (entry.users > 0) return undefined;
  open.delete(thread.id);
  return thread.close();
}

/** Close all threads, whoever shows them: their user is gone. */
export function closeAllThreads() {
  for (const { thread } of open.values()) thread.close();
  open.clear();
}
