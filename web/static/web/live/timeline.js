import { markRead, mergeMessages } from "./messages.js";
import { Patches } from "./patches.js";

const SNAPSHOT_SIZE = 100;
const NOTHING = { upTo: 0, readAt: null, version: 0 };

/**
 * The messages of one conversation, without gaps, and the version up to which they are complete.
 * A socket or `?since=` resumes from that version.
 */
export class Timeline {
  /** Ascending by id. */
  messages = [];
  hasOlder = true;
  /** Whether a first page, or its snapshot, is loaded. */
  isLoaded = false;
  /** The version to resume from, or null. */
  version = null;
  ownId;
  // Receipts are kept for pages that were requested before a receipt and arrive after it.
  #receipts = { own: NOTHING, other: NOTHING };
  // The same for edits, reactions and deletions.
  #patches = new Patches();
  // The version of a reset and the messages after it, until the newest page has loaded.
  #resetTo = null;
  #afterReset = [];

  constructor(ownId) {
    this.ownId = ownId;
  }

  get newest() {
    return this.messages.at(-1) ?? null;
  }

  isOwn = (message) => message.sender.id === this.ownId;
  isOthers = (message) => !this.isOwn(message);

  // From the server
  // ------------------------------------------------------------------------------
  /** Start with the newest page, requested after `version` was known. */
  begin({ results, next }) {
    const oldest = next ? results.at(-1).id : 0;
    const live = this.#resetTo === null ? this.messages : this.#afterReset;
    this.messages = live.filter((each) => each.id >= oldest);
    this.hasOlder = next !== null;
    this.isLoaded = true;
    this.#put(results);
    if (this.#resetTo !== null) this.version = this.#resetTo;
    this.#resetTo = null;
  }

  /** Add the page before the oldest message. */
  addOlder({ results, next }) {
    this.hasOlder = next !== null;
    this.#put(results);
  }

  /** Insert or replace messages; those before the oldest loaded one are ignored. */
  add(messages) {
    const oldest = this.isLoaded && this.hasOlder ? (this.messages[0]?.id ?? 0) : 0;
    this.#patches.note(messages);
    this.#put(messages.filter((each) => each.id >= oldest));
    if (this.#resetTo !== null) this.#afterReset.push(...messages);
  }

  /** Record that the timeline is complete up to a version. */
  advanceTo(version) {
    if (this.#resetTo === null) this.version = Math.max(this.version ?? 0, version);
    else this.#resetTo = Math.max(this.#resetTo, version);
  }

  /** Mark the user's own messages (`isOwn`) or the other person's as read. */
  applyReadReceipt({ isOwn, upTo, readAt, version }) {
    const side = isOwn ? "own" : "other";
    if (upTo > this.#receipts[side].upTo) this.#receipts[side] = { upTo, readAt, version };
    this.#applyReceipts();
  }

  /** Change a message, loaded or not, by the values of a frame of a kind that `Patches` knows. */
  patch(kind, id, values, version) {
    this.#patches.add(kind, id, values, version);
    this.#put([]);
  }

  /** Discard the history after a gap; the messages stay visible until `begin` replaces them. */
  reset(version) {
    this.#resetTo = version;
    this.#afterReset = [];
    this.#receipts = { own: NOTHING, other: NOTHING };
    this.#patches = new Patches();
    this.isLoaded = false;
  }

  // Snapshots
  // ------------------------------------------------------------------------------
  /** Start with a snapshot. */
  restore({ messages, hasOlder, version }) {
    Object.assign(this, { messages, hasOlder, version, isLoaded: true });
  }

  /** Return the newest messages with their version. */
  snapshot() {
    const hasOlder = this.hasOlder || this.messages.length > SNAPSHOT_SIZE;
    return { messages: this.messages.slice(-SNAPSHOT_SIZE), hasOlder, version: this.version };
  }

  #put(messages) {
    this.messages = this.#patches.applyTo(mergeMessages(this.messages, messages));
    this.#applyReceipts();
  }

  #applyReceipts() {
    this.messages = markRead(this.messages, this.isOwn, this.#receipts.own);
    this.messages = markRead(this.messages, this.isOthers, this.#receipts.other);
  }
}
