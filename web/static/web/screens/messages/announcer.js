import { html, repeat } from "lit";
import { fullName } from "../../text/names.js";
import { Element } from "../../ui/element.js";

const KEPT = 5;

/**
 * Read each message that arrives to who cannot see it, once, and say of each that fails that it was
 * not sent; older pages are never read out.
 */
class MessageAnnouncer extends Element {
  static properties = { thread: { attribute: false }, news: { state: true } };

  #listening = null;
  // Those whose failure has been said, or was there when the thread was opened.
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
    this.thread.addEventListener("change", () => this.#lookForFailed(), { signal });
    this.#failed = new Set(this.#listFailed().map((each) => each.client_id));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
  }

  render() {
    const line = ({ text }) => html`<p>${text}</p>`;
    // Not atomic: what was read before is not read again with the next.
    return html`<div class="visually-hidden" role="status" aria-atomic="false">
      ${repeat(this.news, ({ key }) => key, line)}
    </div>`;
  }

  #listFailed() {
    return this.thread.pending.filter((each) => each.state === "failed");
  }

  #receive({ id, sender, content }) {
    const key = `id-${id}`;
    if (this.news.some((each) => each.key === key)) return;
    this.#say(key, `${fullName(sender)}: ${content}`);
  }

  /** One that fails again after another try is said again. */
  #lookForFailed() {
    const failed = this.#listFailed();
    for (const { client_id: id, content } of failed) {
      if (!this.#failed.has(id)) this.#say(`failed-${id}-${Date.now()}`, `Not sent: ${content}`);
    }
    this.#failed = new Set(failed.map((each) => each.client_id));
  }

  #say(key, text) {
    this.news = [...this.news, { key, text }].slice(-KEPT);
  }
}

customElements.define("message-announcer", MessageAnnouncer);
