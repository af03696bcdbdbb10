import { html } from "lit";
import { session } from "../../../core/session.js";
import { nameInSentence } from "../../../text/names.js";
import { t } from "../../../text/translate.js";

/** Render the message that another one answers; a click goes there. */
export function quotePart(quote) {
  return html`<button type="button" class="quote" data-quoted-id=${quote.id}>
    ${quoteContent(quote)}
  </button>`;
}

/** Render who wrote a quoted message, and how it begins. */
export function quoteContent({ sender, preview, is_deleted: isDeleted }) {
  const text = isDeleted ? t("message.deleted") : (preview ?? t("message.photos", { count: 1 }));
  return html`<span class="quote-author" dir="auto">${sender ? authorOf(sender) : ""}</span>
    <span class="quote-text" dir="auto">${text}</span>`;
}

function authorOf(sender) {
  return sender.id === session.user?.id ? t("message.you") : nameInSentence(sender);
}
