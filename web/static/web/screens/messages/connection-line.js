import { html, nothing } from "lit";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";

// Short interruptions are not shown.
const DELAY_MS = 1500;

/**
 * Shows a lost connection; `state` is a store's `connection`, `since` its `connectionSince`.
 *
 * `canSend`: there is a message box beside the line, whose messages wait for the network. `isKept`:
 * they stay when the page is closed.
 */
class ConnectionLine extends Element {
  static properties = {
    state: { attribute: false },
    since: { attribute: false },
    canSend: { attribute: false },
    isKept: { attribute: false },
  };

  #timer = null;
  #isLong = false;

  willUpdate() {
    this.#isLong = !(performance.now() - this.since < DELAY_MS);
  }

  updated() {
    clearTimeout(this.#timer);
    if (this.#isLong) return;
    // The delay may have ended since the rendering.
    const wait = Math.max(0, this.since + DELAY_MS - performance.now());
    this.#timer = setTimeout(() => this.requestUpdate(), wait);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  render() {
    // Without whitespace, because CSS hides the line while it is :empty.
    return html`<p role="status" class="connection-line">${this.#text ?? nothing}</p>`;
  }

  get #text() {
    if (this.state === "offline") return this.#offline;
    if (!this.#isLong) return null;
    if (this.state === "connecting") return t("connection.connecting");
    return this.state === "reconnecting" ? t("connection.reconnecting") : null;
  }

  get #offline() {
    if (!this.canSend) return t("connection.offline");
    return this.isKept ? t("connection.offlineSending") : t("connection.offlineUnsaved");
  }
}

customElements.define("connection-line", ConnectionLine);
