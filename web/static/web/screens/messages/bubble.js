import { html, ifDefined, nothing } from "lit";
import { nameInSentence } from "../../text/names.js";
import { formatBubbleTime, timeLocale } from "../../text/time.js";
import { t } from "../../text/translate.js";
import { renderParts } from "./parts/parts.js";
import { quotePart } from "./parts/quote.js";
import { reactionBar } from "./reactions.js";
import { tickMark } from "./ticks.js";

/** Return whether an item is an unread message of the other person. */
export function isUnread(item) {
  return !item.isOwn && item.state === "sent";
}

/**
 * Render a message; `context` has its thread, and the other person. No spaces are between the tags, because
 * they would double the number of nodes.
 *
 * A message counts as seen when its end, `.bubble-end`, is on the screen, because a message that is
 * taller than the screen is never visible as a whole.
 */
export function bubble(item, { isFirst, isLast }, context) {
  return html`<li
    class="message ${kindOf(item)} ${item.state} ${isFirst ? "first" : ""} ${isLast ? "last" : ""}"
    data-message-id=${ifDefined(item.id ?? undefined)}
    data-client-id=${ifDefined(item.clientId ?? undefined)}
    ?data-unread=${isUnread(item)}
    ><div class="bubble" dir="auto"
      >${item.event ? nothing : author(item)}${item.replyTo ? quotePart(item.replyTo) : nothing}${renderParts(item)}${bubbleEnd(item)}${
        item.id && !item.event ? moreButton() : nothing
      }</div
    >${item.reactions.length ? reactionBar(item, context.person) : nothing}${
      item.state === "failed" ? failure(item, context) : nothing
    }</li
  >`;
}

/** Return the classes that tell whose message it is, and what is special about it. */
function kindOf({ isOwn, event, isDeleted, parts }) {
  if (event) return "event";
  const isLarge = parts.length === 1 && parts[0].isLarge;
  return `${isOwn ? "own" : "other"} ${isDeleted ? "deleted" : ""} ${isLarge ? "emoji-only" : ""}`;
}

/** Render the button of the message's menu; actions/ opens it, which loads later. CSS draws its arrow. */
function moreButton() {
  const label = t("message.actions");
  return html`<button
    type="button"
    class="message-more"
    tabindex="-1"
    aria-haspopup="menu"
    aria-label=${label}
    title=${label}
  ></button>`;
}

function bubbleEnd(item) {
  const isEdited = item.editedAt && !item.isDeleted;
  return html`<span class="bubble-end" dir=${document.dir}
    >${isEdited ? html`<span class="edited" dir="auto">${t("message.edited")}</span>` : nothing}<time
      dir="auto"
      lang=${timeLocale}
      datetime=${item.date.toISOString()}
      >${formatBubbleTime(item.date)}</time
    >${hasTick(item) ? tickMark(item.isChanging ? "sending" : item.state) : nothing}</span
  >`;
}

function hasTick({ isOwn, event, isDeleted, isChanging }) {
  return isOwn && !event && (isChanging || !isDeleted);
}

/** Render who wrote it, for screen readers; the space keeps the name apart from the text. */
function author({ isOwn, sender }) {
  const name = isOwn ? t("message.byYou") : t("message.by", { name: nameInSentence(sender) });
  return html`<span class="visually-hidden" dir="ltr">${name} </span>`;
}

function failure({ error, clientId }, { thread }) {
  return html`<div class="failure">
    <span>${error ?? t("message.failed")}</span>
    ${button(t("message.retry"), () => thread.retrySend(clientId))}
    ${button(t("message.delete"), () => thread.discardSend(clientId))}
  </div>`;
}

function button(label, act) {
  return html`<button type="button" class="link-button" @click=${act}>${label}</button>`;
}
