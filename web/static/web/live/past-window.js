import { mergeMessages } from "./messages.js";

/**
 * A part of a conversation's history that does not reach the newest messages yet.
 *
 * Its messages are contiguous, so older and newer pages are added by key, until it meets the messages
 * of the timeline.
 */
export class PastWindow {
  /** Ascending by id. */
  messages;
  hasOlder;
  /** Whether there can be messages between the last one here and the newest ones. */
  hasNewer;
  /** The message that it was loaded around. */
  aroundId;

  /** `page` was requested around a message: `next` has older ones, and `previous` has newer ones. */
  constructor(page, aroundId) {
    this.messages = mergeMessages([], page.results);
    this.hasOlder = page.next !== null;
    this.hasNewer = page.previous !== null;
    this.aroundId = aroundId;
  }

  addOlder({ results, next }) {
    this.messages = mergeMessages(this.messages, results);
    this.hasOlder = next !== null;
  }

  /** Add the page after the last message; its `next` has newer ones. */
  addNewer({ results, next }) {
    this.messages = mergeMessages(this.messages, results);
    this.hasNewer = next !== null;
  }

  /** Replace those of the messages that are here. */
  replace(messages) {
    const held = new Set(this.messages.map((each) => each.id));
    const changed = messages.filter((each) => held.has(each.id));
    if (changed.length) this.messages = mergeMessages(this.messages, changed);
  }

  /** Return whether the messages follow those of this window without a gap. */
  meets(messages) {
    if (!this.hasNewer) return true;
    const last = this.messages.at(-1)?.id ?? 0;
    return messages.length > 0 && messages[0].id <= last;
  }
}
