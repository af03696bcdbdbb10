import { html, repeat } from "lit";
import { session } from "../../core/session.js";
import { threadItems } from "../../live/messages.js";
import { nameInSentence } from "../../text/names.js";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";
import { describeParts } from "./parts/describe.js";

const MAX_LINES = 5;

/**
 * Announces each incoming message once to screen readers, and each message that fails to send.
 *
 * Older pages are never announced.
 */
class MessageAnnouncer extends Element {
  static properties = { thread: { attribute: false }, news: { state: true } };

  #listening = null;
  // Failures that were announced, or that happened before the thread was opened.
  #failed = new Set();

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
    this.#failed = new Set(this.#listFailed().map((each) => each.client_id));
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
    this.#say(key, spoken(item));
  }

  #changed() {
    this.#removeDeleted();
    this.#announceFailed();
  }

  /** A deleted text must not be read again by somebody who goes back to it. */
  #removeDeleted() {
    const isDeleted = ({ id, is_deleted }) => is_deleted && this.news.some(({ key }) => key === `id-${id}`);
    const deleted = new Set(this.thread.messages.filter(isDeleted).map(({ id }) => `id-${id}`));
    if (deleted.size) this.news = this.news.filter(({ key }) => !deleted.has(key));
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

  #say(key, text) {
    this.news = [...this.news, { key, text }].slice(-MAX_LINES);
  }
}

/** Return what is said of an incoming message; the sentence of an event needs no name before it. */
function spoken(item) {
  const text = describeParts(item);
  return item.event ? text : t("message.spoken", { name: nameInSentence(item.sender), text });
}

customElements.define("message-announcer", MessageAnnouncer);
