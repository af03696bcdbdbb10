import { html, nothing } from "lit";
import { clock } from "../../../live/page.js";
import { formatBubbleTime, formatDay } from "../../../text/time.js";
import { t } from "../../../text/translate.js";
import { Element } from "../../../ui/element.js";

/** Show when a message was sent, edited and read. */
export function showInfo(item) {
  const info = document.createElement("message-info");
  info.item = item;
  document.body.append(info);
}

class MessageInfo extends Element {
  firstUpdated() {
    this.querySelector("dialog").showModal();
  }

  render() {
    const { date, editedAt, readAt, isDeleted } = this.item;
    return html`<dialog
      class="dialog message-info"
      aria-labelledby="message-info-title"
      @close=${() => this.remove()}
      @click=${({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
    >
      <form method="dialog" class="form">
        <h2 id="message-info-title">${t("info.title")}</h2>
        <dl>
          ${row(t("info.sent"), momentOf(date))}
          ${editedAt && !isDeleted ? row(t("info.edited"), momentOf(editedAt)) : nothing}
          ${row(t("info.read"), readAt ? momentOf(readAt) : t("info.notRead"))}
        </dl>
        <div class="form-actions">
          <button class="button button-primary">${t("info.close")}</button>
        </div>
      </form>
    </dialog>`;
  }
}

function momentOf(date) {
  return `${formatDay(date, clock.now)}, ${formatBubbleTime(date)}`;
}

function row(label, value) {
  return html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
}

customElements.define("message-info", MessageInfo);
