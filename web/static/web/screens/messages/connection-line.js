import { html, nothing } from "lit";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";

// Short interruptions are not shown.
const DELAY_MS = 1500;
const TEXTS = {
  connecting: t("connection.connecting"),
  reconnecting: t("connection.reconnecting"),
  offline: t("connection.offline"),
};

/** Shows a lost connection; `state` is a store's `connection`, `since` its `connectionSince`. */
class ConnectionLine extends Element {
  static properties = { state: { attribute: false }, since: { attribute: false } };

  #timer = null;

  updated() {
    clearTimeout(this.#timer);
    const wait = this.since + DELAY_MS - performance.now();
    if (wait > 0) this.#timer = setTimeout(() => this.requestUpdate(), wait);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  render() {
    const isLate = performance.now() - this.since >= DELAY_MS;
    const text = this.state === "offline" || isLate ? TEXTS[this.state] : null;
    // Without whitespace, because CSS hides the line while it is :empty.
    return html`<p role="status" class="connection-line">${text ?? nothing}</p>`;
  }
}

customElements.define("connection-line", ConnectionLine);
