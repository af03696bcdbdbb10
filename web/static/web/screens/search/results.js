import { html, nothing, repeat } from "lit";
import { network } from "../../core/network.js";
import { session } from "../../core/session.js";
import { excerpt, markWords } from "../../text/marking.js";
import { fullName } from "../../text/names.js";
import { formatListTime, timeLocale } from "../../text/time.js";
import { t } from "../../text/translate.js";
import { errorState } from "../../ui/states.js";
import "../../ui/avatar.js";
import { archivedTag } from "../messages/people.js";
import { messagePath } from "../message-path.js";

/** Render the people and messages that a search has found, as options of a listbox. */
export function resultList(search, { now, activeId }) {
  const { people, messages, words } = search;
  const person = (entry) => personOption(entry, words, activeId);
  const message = (row) => messageOption(row, { words, now, activeId });
  const heading = search.query ? t("search.people") : t("search.recent");
  return html`
    ${people.length ? group("search-people", heading, repeat(people, personKey, person)) : nothing}
    ${messages.length
      ? group("search-messages", t("search.messages"), repeat(messages, messageKey, message))
      : nothing}
  `;
}

function group(id, label, options) {
  return html`<div role="group" aria-labelledby=${id}>
    <div class="search-heading" id=${id} role="presentation">${label}</div>
    ${options}
  </div>`;
}

const messageKey = ({ message_id: id }) => `hit-${id}`;

function personKey({ person, conversation }) {
  return conversation ? `conversation-${conversation.id}` : `trainee-${person.id}`;
}

function personOption(entry, words, activeId) {
  const { person, conversation } = entry;
  return option(personKey(entry), pathTo(entry), activeId, html`
    <user-avatar .person=${person}></user-avatar>
    <span class="search-text">
      <bdi class="search-name">${marked(fullName(person), words)}</bdi>
    </span>
    ${conversation ? archivedTag(conversation) : nothing}
  `);
}

function pathTo({ person, conversation }) {
  if (!conversation) return messagePath(person);
  return `/messages/${conversation.is_archived ? "archived/" : ""}${conversation.id}`;
}

function messageOption(row, { words, now, activeId }) {
  const date = new Date(row.created_at);
  const path = `/messages/${row.conversation_id}?message=${row.message_id}`;
  return option(messageKey(row), path, activeId, html`
    <span class="search-text">
      <span class="search-line">
        <bdi class="search-name">${titleOf(row)}</bdi>
        <time dir="auto" lang=${timeLocale} datetime=${date.toISOString()}
          >${formatListTime(date, now)}</time
        >
      </span>
      <span class="search-excerpt" dir="auto">${marked(excerpt(row.content, words), words)}</span>
    </span>
  `);
}

/** Return whose message it is; for one's own, with whom. */
function titleOf(row) {
  const other = fullName({
    first_name: row.other_participant_first_name,
    last_name: row.other_participant_last_name,
  });
  return row.sender_id === session.user?.id ? t("search.toOther", { name: other }) : other;
}

function option(id, href, activeId, content) {
  return html`<a
    role="option"
    class="search-option"
    id=${id}
    href=${href}
    tabindex="-1"
    aria-selected=${id === activeId ? "true" : "false"}
    >${content}</a
  >`;
}

function marked(text, words) {
  const piece = (each) => (each.isMarked ? html`<mark>${each.text}</mark>` : each.text);
  return markWords(text, words).map(piece);
}

/** Render what is below the results: loading, failed, nothing found, or a hint. */
export function searchState(search) {
  const { status, error, messages, people, isThrottled, hasMore } = search;
  if (status === "error") return failed(search);
  const text = isThrottled ? t("search.waiting") : stateText(search);
  const isLoading = status === "loading" && !isThrottled;
  return html`
    <p class="search-state" role="status">${text}</p>
    ${isLoading ? spinner() : nothing}
    ${error ? moreFailed(search) : hasMore ? html`<div class="search-end">${spinner()}</div>` : nothing}
    ${people.length || messages.length || status !== "ready" ? nothing : html`<p class="search-hint">${t("search.hint")}</p>`}
  `;
}

function stateText({ status, query, messages, people, total, conversationId }) {
  if (status === "ready" && messages.length) return t("search.count", { count: total });
  if (status === "ready") return people.length ? t("search.noMessages") : t("search.nothing");
  if (status === "loading" || people.length) return "";
  if (query) return t("search.tooShort");
  return conversationId ? t("search.tooShort") : "";
}

function spinner() {
  return html`<div class="search-spinner">
    <span class="spinner" role="img" aria-label=${t("list.loading")}></span>
  </div>`;
}

function failed(search) {
  const isOffline = search.error.isNetwork && !network.isOnline;
  const title = isOffline ? t("search.offline") : t("search.failed");
  return errorState({ error: search.error, title, retry: () => search.retry() });
}

function moreFailed(search) {
  return html`<div class="list-failed">
    ${t("search.moreFailed")}
    <button type="button" class="link-button" @click=${() => search.retry()}>${t("action.retry")}</button>
  </div>`;
}
