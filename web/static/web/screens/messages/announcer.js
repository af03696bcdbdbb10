import { html, repeat } from "lit";
import { fullName } from "../../text/names.js";
import { Element } from "../../ui/element.js";

const KEPT = 5;

/** Read each message that arrives to who cannot see it, once; older pages are never read out. */
class MessageAnnouncer extends Element {
  static properties = { thread: { attribute: false }, news: { state: true } };

  #listening = null;

  constructor() {
    super();
    this.news = [];
  }

  connectedCallback() {
    super.connectedCallback();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.thread.addEventListener("incoming", ({ detail }) => this.#add(detail), { signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
  }

  render() {
    const line = ({ sender, content }) => html`<p>${fullName(sender)}: ${content}</p>`;
    // Not atomic: what was read before is not read again with the next.
    return html`<div class="visually-hidden" role="status" aria-atomic="false">
      ${repeat(this.news, ({ id }) => id, line)}
    </div>`;
  }

  #add(message) {
    if (this.news.some(({ id }) => id === message.id)) return;
    this.news = [...this.news, message].slice(-KEPT);
  }
}

customElements.define("message-announcer", MessageAnnouncer);
