import { markRead } from "../core/endpoints.js";
import { account } from "./account.js";
import { inbox } from "./inbox.js";
import { page } from "./page.js";

const PATIENCE_MS = 5_000;

/**
 * Tell whether unread messages can lie before the oldest one that is loaded.
 *
 * Marks go up to a message, so before one that is read nothing is unread. Without such a one the
 * row's count tells, which is of the row's version: if a message is loaded that was there by then,
 * so is all that came after it.
 */
export function mayHideUnread({ messages, hasOlder, conversation, isOthers }) {
  const others = messages.filter(isOthers);
  if (!hasOlder || others.some((each) => each.is_read)) return false;
  if (!conversation) return true;
  const wasThere = (each) => each.version <= conversation.version;
  return !messages.some(wasThere) || others.filter(wasThere).length < conversation.unread_count;
}

/**
 * Tell the server what was read: what stood on the screen of a page that somebody looks at.
 *
 * A mark is for all messages up to one, so nothing is marked while unread ones before those that
 * are loaded could be meant. One mark is under way at a time; what is seen meanwhile goes with the
 * next.
 */
export class ReadReceipts {
  #id;
  #timeline;
  #feed;
  #onScreen = 0;
  #underWay = 0;
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

  /** Note that all unread messages of what is loaded, up to this one, were on the screen. */
  seen(messageId) {
    // Those that are loaded later were not: a view reports again when they are.
    if (!this.#isWhole) return;
    this.#onScreen = messageId;
    this.consider();
  }

  /** Look whether something is to be marked: after any change, and with each new connection. */
  consider() {
    if (this.#underWay && this.#isUnread(this.#underWay)) return;
    this.#settle();
    if (!page.hasFocus || account.isReadOnly || !this.#feed.isRunning) return;
    const wasSeen = (each) => each.id <= this.#onScreen && this.#isDue(each);
    const target = this.#timeline.messages.findLast(wasSeen);
    if (target) this.#tell(target.id);
  }

  stop() {
    this.#listening.abort();
    this.#settle();
    this.#onScreen = 0;
  }

  /** Between a reset and the page that follows it, there is a hole in the middle too. */
  get #isWhole() {
    const { isLoaded, messages, hasOlder, isOthers } = this.#timeline;
    const conversation = inbox.get(this.#id);
    return isLoaded && !mayHideUnread({ messages, hasOlder, conversation, isOthers });
  }

  #isDue = (message) => !message.is_read && this.#timeline.isOthers(message);

  #isUnread(id) {
    return this.#timeline.messages.some((each) => each.id === id && this.#isDue(each));
  }

  /** Send a mark. On the socket its answer is the frame with which the messages become read. */
  #tell(upTo) {
    this.#underWay = upTo;
    if (this.#feed.send({ type: "read", up_to: upTo })) {
      this.#timer = setTimeout(() => this.#post(upTo), PATIENCE_MS);
    } else {
      this.#post(upTo);
    }
  }

  async #post(upTo) {
    try {
      const { read_at } = await markRead(this.#id, upTo);
      if (upTo === this.#underWay) this.#feed.markRead({ upTo, readAt: read_at });
    } catch (error) {
      if (upTo !== this.#underWay) return;
      this.#timer = setTimeout(() => this.#again(), (error.retryAfter ?? 0) * 1000 || PATIENCE_MS);
    }
  }

  #again() {
    this.#settle();
    this.consider();
  }

  #settle() {
    clearTimeout(this.#timer);
    this.#underWay = 0;
  }
}
