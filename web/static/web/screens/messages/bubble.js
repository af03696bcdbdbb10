import { html, ifDefined, nothing } from "lit";
import { linkify } from "../../text/linkify.js";
import { fullName } from "../../text/names.js";
import { formatBubbleTime } from "../../text/time.js";
import { tickMark } from "./ticks.js";

/** Tell whether an item of the other side has not been read yet. */
export function isUnread(item) {
  return !item.isOwn && item.state === "sent";
}

/**
 * Show one message of a thread; `actions` has `retry` and `discard`, each called with a client_id.
 *
 * The last thing in it, `.bubble-end`, is what has to be on the screen for the message to count
 * as seen: one that is taller than the screen never is as a whole.
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
      <span class="visually-hidden" dir="ltr">${item.isOwn ? "You" : fullName(item.sender)}:</span>
      <span class="bubble-text">${linkify(item.content).map(piece)}</span>
      <span class="bubble-end" dir="ltr">
        <time datetime=${item.date.toISOString()}>${formatBubbleTime(item.date)}</time>
        ${item.isOwn ? tickMark(item.state) : nothing}
      </span>
    </div>
    ${item.state === "failed" ? failure(item, actions) : nothing}
  </li>`;
}

function piece({ text, href }) {
  if (!href) return text;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}

function failure({ error, clientId }, { retry, discard }) {
  return html`<div class="failure">
    <span>${error ?? "This message could not be sent."}</span>
    <button type="button" class="link-button" @click=${() => retry(clientId)}>Retry</button>
    <button type="button" class="link-button" @click=${() => discard(clientId)}>Delete</button>
  </div>`;
}
