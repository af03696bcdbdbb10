import { html, nothing } from "lit";
import { session } from "../../core/session.js";
import { fullName } from "../../text/names.js";
import { parts, t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { errorState } from "../../ui/states.js";
import "../../ui/avatar.js";
import "./connection-line.js";

/** Render the top of a history that has older messages: loading, or failed. */
export function historyTop(thread, error, retry) {
  if (thread.status === "error" && !thread.messages.length) return failedTop(() => thread.retry());
  if (!thread.hasOlder) return nothing;
  return edge("history-top", t("history.loadingOlder"), error && t("history.olderFailed"), retry);
}

/** Render the bottom of a history that has newer messages: loading, or failed. */
export function historyBottom({ hasNewer }, error, retry) {
  if (!hasNewer) return nothing;
  return edge("history-bottom", t("history.loadingNewer"), error && t("history.newerFailed"), retry);
}

function edge(name, loading, failed, retry) {
  return html`<div class=${name}>
    ${failed
      ? html`<span>${failed}</span>
          <button type="button" class="link-button" @click=${retry}>
            ${t("action.retry")}
          </button>`
      : html`<span class="spinner" role="img" aria-label=${loading}></span>`}
  </div>`;
}

/** Render the button that goes to the newest message; `count` new messages have arrived. */
export function newestButton(count, goToEnd) {
  const label = count ? t("history.newCount", { count }) : null;
  return html`<button
    type="button"
    class="newest-button"
    aria-label=${label ?? t("history.toNewest")}
    @click=${goToEnd}
  >
    ${label ? html`<span>${label}</span>` : nothing} ${icon("arrow-down", { small: true })}
  </button>`;
}

const PLACEHOLDERS = ["other", "other long", "own", "other", "own long", "own", "other"];

/** Render placeholders of messages that are loading. */
export function bubbleSkeletons() {
  return html`<div class="history" role="status">
    <span class="visually-hidden">${t("history.loading")}</span>
    <div class="history-inner" aria-hidden="true">
      ${PLACEHOLDERS.map((kind) => html`<div class="skeleton bubble-skeleton ${kind}"></div>`)}
    </div>
  </div>`;
}

/** Render a history that failed to load. */
export function failedHistory(thread) {
  const title = t("history.failed");
  return html`<div class="history-empty">
    ${errorState({ error: thread.error, title, retry: () => thread.retry() })}
  </div>`;
}

/** Render the top of a history that failed to load, above one's own unsent messages. */
function failedTop(retry) {
  return html`<div class="history-top">
    <span>${t("history.notLoaded")}</span>
    <button type="button" class="link-button" @click=${retry}>${t("action.retry")}</button>
  </div>`;
}

/** Render an empty thread; if it is read-only, the note below explains it. */
export function emptyHistory({ status }, person) {
  const isOpen = status !== "gone" && status !== "archived" && person;
  if (!isOpen) return html`<div class="history-empty"></div>`;
  return html`<div class="history-empty">
    <user-avatar size="large" .person=${person}></user-avatar>
    <p class="soft">${greeting(person)}</p>
  </div>`;
}

/** Render, below the line of who has joined, a hint to write the first message. */
export function firstHint(items, { status, hasOlder }, person) {
  const isOpen = status !== "gone" && status !== "archived" && person && !session.isImpersonating;
  if (!isOpen || hasOlder || !items.every(({ event }) => event)) return nothing;
  return html`<p class="history-hint soft">${greeting(person)}</p>`;
}

function greeting(person) {
  const name = html`<bdi>${person.first_name || fullName(person)}</bdi>`;
  return parts("history.empty", { name });
}

/** Render the line above the composer: the connection, and whether the person is typing. */
export function threadLine(thread, person, canSend) {
  return html`<div class="thread-line">
    <connection-line
      .state=${thread.connection}
      .since=${thread.connectionSince}
      .canSend=${canSend}
      .isKept=${thread.isKept}
    ></connection-line>
    ${thread.otherIsTyping ? typing(person) : nothing}
  </div>`;
}

function typing(person) {
  const name = html`<bdi class="truncate">${person?.first_name || fullName(person)}</bdi>`;
  return html`<p class="typing-line">
    <span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>
    ${parts("person.typing", { name })}
  </p>`;
}
