import { html, nothing } from "lit";
import { Element } from "../../ui/element.js";

// A connection that comes back within a moment is nobody's business.
const PATIENCE_MS = 1500;
const WORDS = {
  connecting: "Connecting…",
  reconnecting: "Reconnecting…",
  offline: "You are offline. Your messages wait here and will be sent.",
};

/** Say that the connection is lost: `state` and `since` are a store's `connection…`. */
class ConnectionLine extends Element {
  static properties = { state: { attribute: false }, since: { attribute: false } };

  #timer = null;

  updated() {
    clearTimeout(this.#timer);
    const wait = this.since + PATIENCE_MS - Date.now();
    if (wait > 0) this.#timer = setTimeout(() => this.requestUpdate(), wait);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  render() {
    const isLate = Date.now() - this.since >= PATIENCE_MS;
    const text = this.state === "offline" || isLate ? WORDS[this.state] : null;
    // Without a space inside: CSS takes the line away while it is empty.
    return html`<p role="status" class="connection-line">${text ?? nothing}</p>`;
  }
}

customElements.define("connection-line", ConnectionLine);
