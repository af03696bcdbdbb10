import { html, ifDefined, nothing } from "lit";
import { fullName } from "../../text/names.js";
import { formatListTime } from "../../text/time.js";
import { isDeleted, otherPerson } from "./people.js";
import { tickMark } from "./ticks.js";
import "../../ui/avatar.js";

const MOST = 99;

/**
 * Show one conversation of a list; `isInOrder` is the one row that Tab goes to, and `pending` what
 * waits in the outbox for it.
 */
export function conversationRow(conversation, { now, isCurrent, isInOrder, pending }) {
  const { id, is_archived: isArchived, unread_count: unread } = conversation;
  const person = otherPerson(conversation);
  return html`<li>
    <a
      class="conversation ${unread ? "unread" : ""}"
      href=${isArchived ? `/messages/archived/${id}` : `/messages/${id}`}
      data-conversation-id=${id}
      aria-current=${ifDefined(isCurrent ? "page" : undefined)}
      tabindex=${isInOrder ? 0 : -1}
    >
      <user-avatar .person=${person}></user-avatar>
      <span class="conversation-text">
        <span class="conversation-head">
          <span class="conversation-name" dir="auto"
            >${isArchived ? "[Trainee removed]" : fullName(person)}</span
          >
          ${lastTime(conversation, now)}
        </span>
        ${isArchived && !isDeleted(person) ? smallName(person) : nothing}
        <span class="conversation-foot">
          <span class="conversation-preview" dir="auto">${conversation.last_message_preview}</span>
          ${pending.length ? unsentMark(pending) : nothing}
          ${unread ? unreadBadge(unread) : nothing}
        </span>
      </span>
    </a>
  </li>`;
}

function smallName(person) {
  return html`<span class="conversation-person truncate" dir="auto">${fullName(person)}</span>`;
}

function lastTime({ last_message_at: moment }, now) {
  if (!moment) return nothing;
  return html`<time class="conversation-time" datetime=${moment}
    >${formatListTime(new Date(moment), now)}</time
  >`;
}

/** Mark what has not gone out, as the thread itself marks it. */
function unsentMark(pending) {
  return tickMark(pending.some(({ state }) => state === "failed") ? "failed" : "waiting");
}

function unreadBadge(count) {
  return html`<span class="badge">
    <span aria-hidden="true">${count > MOST ? `${MOST}+` : count}</span>
    <span class="visually-hidden">${count} unread</span>
  </span>`;
}
