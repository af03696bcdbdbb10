import { markRead, mergeMessages } from "./messages.js";

const KEPT = 100;
const NOTHING = { upTo: 0, readAt: null, version: 0 };

/**
 * Hold the messages of one conversation without holes between the oldest and the newest, and the
 * version up to which everything is here: what a socket or `?since=` resumes from.
 */
export class Timeline {
  /** Ascending by id. */
  messages = [];
  hasOlder = true;
  /** Whether a first page, or what was kept of one, is here. */
  isLoaded = false;
  /** Resume from here; null before it is known. */
  version = null;
  ownId;
  // Marks are kept, as a page that was asked for before them can arrive after them.
  #marks = { own: NOTHING, other: NOTHING };
  // The version that a reset has brought and what came after it, until the thread is loaded afresh.
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
  /** Begin with the newest page, asked for after `version` was known. */
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

  /** Insert or replace messages that are new or changed; those not loaded yet are left to be. */
  add(messages) {
    const oldest = this.isLoaded && this.hasOlder ? (this.messages[0]?.id ?? 0) : 0;
    this.#put(messages.filter((each) => each.id >= oldest));
    if (this.#resetTo !== null) this.#afterReset.push(...messages);
  }

  /** Note that everything up to a version is here. */
  advanceTo(version) {
    if (this.#resetTo === null) this.version = Math.max(this.version ?? 0, version);
    else this.#resetTo = Math.max(this.#resetTo, version);
  }

  /** Take read marks: of one's own messages (`isOwn`), or of the other side's. */
  applyReadReceipt({ isOwn, upTo, readAt, version }) {
    const side = isOwn ? "own" : "other";
    if (upTo > this.#marks[side].upTo) this.#marks[side] = { upTo, readAt, version };
    this.#applyMarks();
  }

  /** Know that too much was missed; what is here stays to be seen until `begin` replaces it. */
  reset(version) {
    this.#resetTo = version;
    this.#afterReset = [];
    this.#marks = { own: NOTHING, other: NOTHING };
    this.isLoaded = false;
  }

  // On this device
  // ------------------------------------------------------------------------------
  /** Begin with what was kept. */
  restore({ messages, hasOlder, version }) {
    Object.assign(this, { messages, hasOlder, version, isLoaded: true });
  }

  /** Return what to keep: the newest messages with their version. */
  snapshot() {
    const hasOlder = this.hasOlder || this.messages.length > KEPT;
    return { messages: this.messages.slice(-KEPT), hasOlder, version: this.version };
  }

  #put(messages) {
    this.messages = mergeMessages(this.messages, messages);
    this.#applyMarks();
  }

  #applyMarks() {
    this.messages = markRead(this.messages, this.isOwn, this.#marks.own);
    this.messages = markRead(this.messages, this.isOthers, this.#marks.other);
  }
}
