import { html, nothing } from "lit";
import { router } from "../../core/router.js";
import { session } from "../../core/session.js";
import { fullName } from "../../text/names.js";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { openSearch } from "../search/opening.js";
import { archivedTag, isDeleted, isRemoved } from "./people.js";
import "../../ui/avatar.js";

/**
 * Render the header of a thread.
 *
 * `isLost`: the person cannot be found. `isAlone`: there is no list beside the header, so it has the
 * main heading. `backTo`: the back button's path on the first page of a visit, or null.
 */
export function threadHeader({ thread, person, isLost, isAlone, backTo }) {
  const { conversation } = thread ?? {};
  // Always the same h2, because it can have the focus before the name is known.
  return html`<header class="thread-header">
      ${backTo ? backButton(backTo) : nothing} ${face(person, isLost)}
      <div class="thread-title">
        <h2 tabindex="-1" aria-level=${isAlone ? 1 : 2} dir="auto">
          ${person ? title(person, conversation) : nobodyYet()}
        </h2>
        ${conversation?.is_archived ? html`<p>${archivedTag(conversation)}</p>` : nothing}
      </div>
      ${hasUnread(thread) ? markReadButton(thread) : nothing}
      ${conversation && !isLost ? searchButton(conversation) : nothing}
    </header>
    <notification-offer></notification-offer>`;
}

function backButton(backTo) {
  return iconButton("thread-back", "back", t("nav.back"), () => router.back(backTo));
}

function searchButton(conversation) {
  const label = t("search.inConversation");
  return iconButton("thread-search", "search", label, () => openSearch(conversation));
}

function hasUnread(thread) {
  const isOpen = thread?.status === "ready" && !session.isImpersonating;
  return isOpen && thread.conversation?.unread_count > 0;
}

/** Render the button; CSS hides it at first, because most messages are read as soon as they show. */
function markReadButton(thread) {
  const act = () => thread.readUpTo(thread.newestMessages.at(-1)?.id ?? 0);
  return iconButton("thread-mark-read", "check-double", t("conversation.markRead"), act);
}

function iconButton(className, iconName, label, act) {
  return html`<button
    type="button"
    class="icon-button ${className}"
    aria-label=${label}
    title=${label}
    @click=${act}
  >
    ${icon(iconName)}
  </button>`;
}

function face(person, isLost) {
  if (person) return html`<user-avatar .person=${person}></user-avatar>`;
  if (isLost) return nothing;
  return html`<div class="skeleton skeleton-circle" aria-hidden="true"></div>`;
}

function nobodyYet() {
  return html`<span class="visually-hidden">${t("conversation.label")}</span>`;
}

/** Render the name; for trainers, it links to the page of a trainee who has one. */
function title(person, conversation) {
  const isListed = !isRemoved(conversation) && !isDeleted(person);
  const hasPage = session.user?.role === "TRAINER" && isListed;
  const name = fullName(person);
  return hasPage ? html`<a href="/trainees/${person.id}">${name}</a>` : name;
}
