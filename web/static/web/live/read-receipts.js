import { markRead } from "../core/endpoints.js";
import { waitSeconds } from "../core/retry.js";
import { account } from "./account.js";
import { inbox } from "./inbox.js";
import { page } from "./page.js";

const TIMEOUT_MS = 5_000;

/**
 * Return whether there can be unread messages before the oldest loaded one.
 *
 * Receipts are cumulative, so all messages before a read message are read. If no loaded message is
 * read, compare with the conversation's unread count as of its version.
 */
export function mayHideUnread({ messages, hasOlder, conversation, isOthers }) {
  const others = messages.filter(isOthers);
  if (!hasOlder || others.some((each) => each.is_read)) return false;
  if (!conversation) return true;
  const wasThere = (each) => each.version <= conversation.version;
  return !messages.some(wasThere) || others.filter(wasThere).length < conversation.unread_count;
}

/**
 * Sends read receipts for the messages that were on the screen of a focused page, or that the user
 * answered or marked as read.
 *
 * A receipt covers all earlier messages too, so none is sent while there can be unread messages
 * before the loaded ones. Receipts are sent one at a time; the next covers messages seen meanwhile.
 */
export class ReadReceipts {
  #id;
  #timeline;
  #feed;
  #onScreen = 0;
  // Up to which message the user wants to mark all as read; 0 once that is done.
  #wanted = 0;
  #pending = 0;
  #timer = 0;
  #listening = new AbortController();

  constructor(id, timeline, feed) {
    this.#id = id;
    this.#timeline = timeline;
    this.#feed = feed;
    const { signal } = this.#listening;
    page.addEventListener("focus", () => this.consider(), { signal });
    page.addEventListener("visible", () => this.consider(), { signal });
  }

  /** Record that all loaded unread messages up to this one were on the screen. */
  seen(messageId) {
    // Messages that load later were not on the screen. The view will report them.
    if (!this.#isWhole) return;
    this.#onScreen = messageId;
    this.consider();
  }

  /** Mark all messages up to this one as read, whether or not they were on the screen. */
  readUpTo(messageId) {
    this.#wanted = messageId;
    this.consider();
  }

  /** Send a receipt if one is due; call after each change and each new connection. */
  consider() {
    if (this.#pending && this.#isUnread(this.#pending)) return;
    this.#settle();
    if (!page.hasFocus || account.isReadOnly || !this.#feed.isRunning) return;
    const limit = Math.max(this.#onScreen, this.#wanted);
    const isDue = (each) => each.id <= limit && this.#isDue(each);
    const target = this.#timeline.loaded.findLast(isDue);
    if (target) this.#send(target.id);
    else this.#wanted = 0;
  }

  stop() {
    this.#listening.abort();
    this.#settle();
    this.#onScreen = this.#wanted = 0;
  }

  /** Whether all unread messages are loaded; false after a reset until the newest page loads. */
  get #isWhole() {
    const { isLoaded, isOthers } = this.#timeline;
    const { messages, hasOlder } = this.#timeline.shown;
    const conversation = inbox.get(this.#id);
    return isLoaded && !mayHideUnread({ messages, hasOlder, conversation, isOthers });
  }

  #isDue = (message) => !message.is_read && !message.is_deleted && this.#timeline.isOthers(message);

  #isUnread(id) {
    return this.#timeline.loaded.some((each) => each.id === id && this.#isDue(each));
  }

  /** Send a receipt; on the socket, the frame that marks the messages as read confirms it. */
  #send(upTo) {
    this.#pending = upTo;
    if (this.#feed.send({ type: "read", up_to: upTo })) {
      this.#timer = setTimeout(() => this.#post(upTo), TIMEOUT_MS);
    } else {
      this.#post(upTo);
    }
  }

  async #post(upTo) {
    try {
      const { read_at } = await markRead(this.#id, upTo);
      if (upTo === this.#pending) this.#feed.markRead({ upTo, readAt: read_at });
    } catch (error) {
      if (upTo !== this.#pending) return;
      this.#timer = setTimeout(() => this.#retry(), 1000 * waitSeconds(error) || TIMEOUT_MS);
    }
  }

  #retry() {
    this.#settle();
    this.consider();
  }

  #settle() {
    clearTimeout(this.#timer);
    this.#pending = 0;
  }
}
