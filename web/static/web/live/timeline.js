import { markRead, mergeMessages } from "./messages.js";
import { Patches } from "./patches.js";
import { PastWindow } from "./past-window.js";

const SNAPSHOT_SIZE = 100;
const NOTHING = { upTo: 0, readAt: null, version: 0 };

/**
 * The messages of one conversation, without gaps, and the version up to which they are complete.
 * A socket or `?since=` resumes from that version.
 */
export class Timeline {
  /** The newest messages, ascending by id. */
  messages = [];
  /** The part of the history that is shown instead of the newest messages, or null. */
  past = null;
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

  /** What is shown: `messages` and `hasOlder` of the past window, or of the newest messages. */
  get shown() {
    return this.past ?? this;
  }

  /** All loaded messages, ascending by id. With a past window, some between may be missing. */
  get loaded() {
    return this.past ? mergeMessages(this.past.messages, this.messages) : this.messages;
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
    this.#join();
  }

  /** Add the page before the oldest message that is shown. */
  addOlder(page) {
    if (this.past) return this.#changePast(() => this.past.addOlder(page));
    this.hasOlder = page.next !== null;
    return this.#put(page.results);
  }

  /** Show the page around a message of the past; it can meet the newest messages. */
  showPast(page, aroundId) {
    this.#changePast(() => (this.past = new PastWindow(page, aroundId)));
  }

  /** Add the page after the last message of the past window. */
  addNewer(page) {
    this.#changePast(() => this.past.addNewer(page));
  }

  /** Show the newest messages. */
  showNewest() {
    this.past = null;
  }

  /** Insert or replace messages; those before the oldest loaded one are ignored. */
  add(messages) {
    const oldest = this.isLoaded && this.hasOlder ? (this.messages[0]?.id ?? 0) : 0;
    this.#patches.note(messages);
    this.past?.replace(messages);
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
    this.#update();
  }

  /** Change a message, loaded or not, by the values of a frame of a kind that `Patches` knows. */
  patch(kind, id, values, version) {
    this.#patches.add(kind, id, values, version);
    this.#update();
  }

  /** Discard the history after a gap; the messages stay visible until `begin` replaces them. */
  reset(version) {
    this.#resetTo = version;
    this.#afterReset = [];
    this.#receipts = { own: NOTHING, other: NOTHING };
    this.#patches = new Patches();
    this.isLoaded = false;
    // Newer messages may have been missed.
    if (this.past) this.past.hasNewer = true;
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
    this.messages = mergeMessages(this.messages, messages);
    this.#update();
  }

  #changePast(change) {
    change();
    this.#update();
    this.#join();
  }

  /** Connect the past window with the newest messages, once there is no gap between them. */
  #join() {
    if (!this.past || !this.isLoaded || !this.past.meets(this.messages)) return;
    const { messages, hasOlder } = this.past;
    this.messages = mergeMessages(this.messages, messages);
    this.hasOlder = hasOlder;
    this.past = null;
  }

  /** Apply what is known about messages, such as edits and receipts. */
  #update() {
    this.messages = this.#updated(this.messages);
    if (this.past) this.past.messages = this.#updated(this.past.messages);
  }

  #updated(messages) {
    const patched = this.#patches.applyTo(messages);
    const isOwnRead = markRead(patched, this.isOwn, this.#receipts.own);
    return markRead(isOwnRead, this.isOthers, this.#receipts.other);
  }
}
