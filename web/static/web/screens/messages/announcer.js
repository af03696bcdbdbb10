import { html, repeat } from "lit";
import { session } from "../../core/session.js";
import { threadItems } from "../../live/messages.js";
import { ThreadNews } from "../../live/thread-news.js";
import { nameInSentence } from "../../text/names.js";
import { loadLater, t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";
import { describeParts } from "./parts/describe.js";
import { otherPerson } from "./people.js";

const MAX_LINES = 5;
const QUOTED_LENGTH = 100;

/**
 * Announces to screen readers, once each: incoming messages, what the other person changes in messages, and
 * messages that fail to send.
 *
 * Older pages are never announced.
 */
class MessageAnnouncer extends Element {
  // `since` is when the thread was opened, as network.now(): this module is loaded later.
  static properties = {
    thread: { attribute: false },
    since: { attribute: false },
    news: { state: true },
  };

  #listening = null;
  // Failures that were announced, or that happened before the thread was opened.
  #failed = new Set();
  #changes = null;

  constructor() {
    super();
    this.news = [];
  }

  connectedCallback() {
    super.connectedCallback();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.thread.addEventListener("incoming", ({ detail }) => this.#receive(detail), { signal });
    this.thread.addEventListener("change", () => this.#changed(), { signal });
    const earlier = this.#listFailed().filter(({ created_at: at }) => new Date(at) < this.since);
    this.#failed = new Set(earlier.map((each) => each.client_id));
    this.#changes = new ThreadNews(session.user?.id);
    this.#findChanges();
  }

  firstUpdated() {
    // Screen readers read only what changes in a region that they know.
    const current = new Map(this.#messages.map((each) => [each.id, each]));
    const arrived = (this.thread.incoming ?? []).map((each) => current.get(each.id) ?? each);
    for (const message of arrived) if (!message.is_deleted) this.#receive(message);
    this.#announceFailed();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
  }

  render() {
    const line = ({ text }) => html`<p>${text}</p>`;
    // Not atomic, so that only the new line is read.
    return html`<div class="visually-hidden" role="status" aria-atomic="false">
      ${repeat(this.news, ({ key }) => key, line)}
    </div>`;
  }

  #listFailed() {
    return this.thread.pending.filter((each) => each.state === "failed");
  }

  #receive(message) {
    const key = `id-${message.id}`;
    if (this.news.some((each) => each.key === key)) return;
    const [item] = threadItems([message], [], session.user?.id);
    this.#say(key, spoken(item), { id: message.id });
  }

  #changed() {
    this.#removeDeleted();
    if (this.thread.source?.feed.isLive) this.#announceChanges(this.#findChanges());
    else this.#findChanges();
    this.#announceFailed();
  }

  /** All loaded messages, without the user's own unconfirmed changes. */
  get #messages() {
    return this.thread.source?.timeline.loaded ?? [];
  }

  /** A deleted text must not be read again by somebody who goes back to it. */
  #removeDeleted() {
    if (!this.news.length) return;
    const deleted = new Set(this.#messages.filter((each) => each.is_deleted).map(({ id }) => id));
    if (this.news.some(({ id }) => deleted.has(id))) this.news = this.news.filter(({ id }) => !deleted.has(id));
  }

  #findChanges() {
    return this.#changes.follow(this.#messages);
  }

  async #announceChanges(changes) {
    if (!changes.length) return;
    await loadLater().catch(() => {}); // offline: the device has them
    for (const change of changes) this.#announceChange(change);
  }

  #announceChange({ kind, message, emoji }) {
    const [item] = threadItems([message], [], session.user?.id);
    const name = nameInSentence(otherOf(this.thread.conversation) ?? item.sender);
    const text = shortened(describeParts(item));
    // The earlier text would be read by somebody who goes back to it.
    this.news = this.news.filter(({ id, isReaction }) => id !== message.id || isReaction);
    const key = `${kind}-${message.id}-${emoji ?? message.version}-${Date.now()}`;
    if (kind === "deleted") this.#say(key, t("message.spokenDeletion", { name }));
    else if (kind === "edited") this.#say(key, t("message.spokenEdit", { name, text }), { id: message.id });
    else this.#say(key, t("message.spokenReaction", { name, emoji, text }), { id: message.id, isReaction: true });
  }

  /** Announce new failures; a message that fails again after a retry counts as new. */
  #announceFailed() {
    const failed = this.#listFailed();
    for (const entry of failed) {
      const { client_id: id } = entry;
      const [item] = threadItems([], [entry], session.user?.id);
      const text = t("message.notSent", { text: describeParts(item) });
      if (!this.#failed.has(id)) this.#say(`failed-${id}-${Date.now()}`, text);
    }
    this.#failed = new Set(failed.map((each) => each.client_id));
  }

  /** Say a line; `id` is that of the message whose text it has. */
  #say(key, text, about = {}) {
    this.news = [...this.news, { key, text, ...about }].slice(-MAX_LINES);
  }
}

function otherOf(conversation) {
  return conversation ? otherPerson(conversation) : null;
}

function shortened(text) {
  const letters = [...text];
  return letters.length > QUOTED_LENGTH ? `${letters.slice(0, QUOTED_LENGTH).join("")}…` : text;
}

/** Return what is said of an incoming message; the sentence of an event needs no name before it. */
function spoken(item) {
  const text = describeParts(item);
  return item.event ? text : t("message.spoken", { name: nameInSentence(item.sender), text });
}

customElements.define("message-announcer", MessageAnnouncer);
