import { html } from "lit";
import { t } from "../../../text/translate.js";
import { Element } from "../../../ui/element.js";
import { loadStyles } from "../../../ui/screens.js";
import "../../search/date-jump.js";

/** Let the user choose a date, such as "2026-02-15" at first, whose first message the conversation then shows. */
export async function showDates(conversation, day) {
  await loadStyles();
  document.body.append(Object.assign(document.createElement("date-dialog"), { conversation, day }));
}

class DateDialog extends Element {
  #listening = new AbortController();

  connectedCallback() {
    super.connectedCallback();
    addEventListener("popstate", () => this.#close(), { signal: this.#listening.signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
  }

  async firstUpdated() {
    // showModal() then focuses the field.
    await this.querySelector("date-jump").updateComplete;
    this.querySelector("dialog").showModal();
  }

  render() {
    return html`<dialog
      class="dialog date-dialog"
      aria-labelledby="date-dialog-title"
      @close=${() => this.remove()}
      @click=${({ target, currentTarget }) => target === currentTarget && this.#close()}
    >
      <div class="form">
        <h2 id="date-dialog-title">${t("history.goToDate")}</h2>
        <date-jump .conversation=${this.conversation} .day=${this.day} @done=${() => this.#close()}></date-jump>
        <div class="form-actions">
          <button type="button" class="button" @click=${() => this.#close()}>${t("info.close")}</button>
        </div>
      </div>
    </dialog>`;
  }

  #close() {
    this.querySelector("dialog").close();
  }
}

customElements.define("date-dialog", DateDialog);
