import { html, ifDefined, nothing } from "lit";
import { previewOf } from "../../live/preview.js";
import { fullName, nameInSentence } from "../../text/names.js";
import { formatListTime, timeLocale } from "../../text/time.js";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { archivedTag, otherPerson } from "./people.js";
import { tickMark } from "./ticks.js";
import "../../ui/avatar.js";

const MOST = 99;

/**
 * Render a conversation in the list.
 *
 * `isTabStop` is true for the one row that Tab reaches; `pending` has the row's outbox entries;
 * `markRead` marks the row's messages as read, or is null.
 */
export function conversationRow(conversation, { now, isCurrent, isTabStop, pending, markRead }) {
  const { id, is_archived: isArchived } = conversation;
  const unread = isArchived ? 0 : conversation.unread_count;
  const person = otherPerson(conversation);
  return html`<li class="conversation-item">
    <a
      class="conversation ${unread ? "unread" : ""}"
      href=${isArchived ? `/messages/archived/${id}` : `/messages/${id}`}
      data-conversation-id=${id}
      aria-current=${ifDefined(isCurrent ? "page" : undefined)}
      tabindex=${isTabStop ? 0 : -1}
    >
      <user-avatar .person=${person}></user-avatar>
      <span class="conversation-text">
        <span class="conversation-head">
          <span class="conversation-name" dir="auto">${fullName(person)}</span>
          ${lastTime(conversation, now)}
        </span>
        <span class="conversation-foot">
          ${archivedTag(conversation)}
          <span class="conversation-preview" dir="auto">${previewOf(conversation)}</span>
          ${pending.length ? unsentTick(pending) : nothing}
          ${unread ? unreadBadge(unread) : nothing}
        </span>
      </span>
    </a>
    ${unread && markRead ? markReadButton(person, isTabStop, markRead) : nothing}
  </li>`;
}

function markReadButton(person, isTabStop, act) {
  return html`<button
    type="button"
    class="icon-button mark-read"
    aria-label=${t("conversation.markReadOf", { name: nameInSentence(person) })}
    title=${t("conversation.markRead")}
    tabindex=${isTabStop ? 0 : -1}
    @click=${act}
  >
    ${icon("check-double", { small: true })}
  </button>`;
}

function lastTime({ last_message_at: moment }, now) {
  if (!moment) return nothing;
  return html`<time class="conversation-time" dir="auto" lang=${timeLocale} datetime=${moment}
    >${formatListTime(new Date(moment), now)}</time
  >`;
}

/** Render the delivery state of unsent messages, as in the thread. */
function unsentTick(pending) {
  return tickMark(pending.some(({ state }) => state === "failed") ? "failed" : "waiting");
}

function unreadBadge(count) {
  return html`<span class="badge">
    <span aria-hidden="true">${count > MOST ? `${MOST}+` : count}</span>
    <span class="visually-hidden">${t("badge.unread", { count })}</span>
  </span>`;
}
