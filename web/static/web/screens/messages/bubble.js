import { html, ifDefined, nothing } from "lit";
import { nameInSentence } from "../../text/names.js";
import { formatBubbleTime, timeLocale } from "../../text/time.js";
import { t } from "../../text/translate.js";
import { tickMark } from "./ticks.js";

// Not part of the first load; until it is loaded, addresses are plain text.
let linkify = null;

/** Return whether addresses are rendered as links. */
export const hasLinks = () => linkify !== null;

export async function loadLinks() {
  ({ linkify } = await import("../../text/linkify.js"));
}

/** Return whether an item is an unread message of the other person. */
export function isUnread(item) {
  return !item.isOwn && item.state === "sent";
}

/**
 * Render a message; `actions` has `retry` and `discard`, each called with a client_id.
 *
 * A message counts as seen when its end, `.bubble-end`, is on the screen, because a message that is
 * taller than the screen is never visible as a whole.
 */
export function bubble(item, { isFirst, isLast }, actions) {
  const side = item.isOwn ? "own" : "other";
  return html`<li
    class="message ${side} ${item.state} ${isFirst ? "first" : ""} ${isLast ? "last" : ""}"
    data-message-id=${ifDefined(item.id ?? undefined)}
    data-client-id=${ifDefined(item.clientId ?? undefined)}
    ?data-unread=${isUnread(item)}
  >
    <div class="bubble" dir="auto">
      <span class="visually-hidden" dir="ltr">${author(item)}</span>
      <span class="bubble-text">${linkify?.(item.content).map(piece) ?? item.content}</span>
      <span class="bubble-end" dir="ltr">
        <time dir="auto" lang=${timeLocale} datetime=${item.date.toISOString()}
          >${formatBubbleTime(item.date)}</time
        >
        ${item.isOwn ? tickMark(item.state) : nothing}
      </span>
    </div>
    ${item.state === "failed" ? failure(item, actions) : nothing}
  </li>`;
}

function author({ isOwn, sender }) {
  return isOwn ? t("message.byYou") : t("message.by", { name: nameInSentence(sender) });
}

function piece({ text, href }) {
  if (!href) return text;
  if (!href.startsWith("http")) return html`<a href=${href}>${text}</a>`;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}

function failure({ error, clientId }, { retry, discard }) {
  return html`<div class="failure">
    <span>${error ?? t("message.failed")}</span>
    ${button(t("message.retry"), () => retry(clientId))}
    ${button(t("message.delete"), () => discard(clientId))}
  </div>`;
}

function button(label, act) {
  return html`<button type="button" class="link-button" @click=${act}>${label}</button>`;
}
