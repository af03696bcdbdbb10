import { html } from "lit";
import { session } from "../../../core/session.js";
import { codePoints } from "../../../text/length.js";
import { nameInSentence } from "../../../text/names.js";
import { t } from "../../../text/translate.js";

// The server cuts previews to this many characters.
const PREVIEW_LENGTH = 100;

/** Render the message that another one answers; a click goes there. */
export function quotePart(quote) {
  const isCut = codePoints(quote.preview ?? "") >= PREVIEW_LENGTH;
  const preview = isCut ? `${quote.preview.trimEnd()}…` : quote.preview;
  return html`<button type="button" class="quote" data-quoted-id=${quote.id}>
    ${quoteContent({ ...quote, preview })}
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
