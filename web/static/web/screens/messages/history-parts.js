import { html, nothing } from "lit";
import { icon } from "../../ui/icons.js";
import { errorState } from "../../ui/states.js";
import "../../ui/avatar.js";

/** Show that there is more above: it is being fetched, or that has failed. */
export function historyTop({ hasOlder }, hasFailed, retry) {
  if (!hasOlder) return nothing;
  return html`<div class="history-top">
    ${hasFailed
      ? html`<span>Older messages could not be loaded.</span>
          <button type="button" class="link-button" @click=${retry}>Try again</button>`
      : html`<span class="spinner" role="img" aria-label="Loading older messages"></span>`}
  </div>`;
}

/** Lead from further up to the end; `count` messages have come meanwhile. */
export function newestButton(count, goToEnd) {
  const label = count ? `${count} new ${count === 1 ? "message" : "messages"}` : null;
  return html`<button
    type="button"
    class="newest-button"
    aria-label=${label ?? "Go to the newest message"}
    @click=${goToEnd}
  >
    ${label ? html`<span>${label}</span>` : nothing} ${icon("arrow-down", { small: true })}
  </button>`;
}

/** Say that a history could not be loaded. */
export function failedHistory(thread) {
  const title = "These messages could not be loaded";
  return html`<div class="history-empty">
    ${errorState({ error: thread.error ?? null, title, retry: () => thread.retry() })}
  </div>`;
}

/** Invite to write the first message; where that cannot be, the note below says why. */
export function emptyHistory({ status }, person) {
  const isOpen = status !== "gone" && status !== "archived" && person;
  if (!isOpen) return html`<div class="history-empty"></div>`;
  return html`<div class="history-empty">
    <user-avatar size="large" .person=${person}></user-avatar>
    <p class="soft">No messages yet. Say hello!</p>
  </div>`;
}
