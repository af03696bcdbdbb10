import { html, nothing } from "lit";
import { icon } from "./icons.js";

/** Draw grey rows where rows will be, and say "Loading…" to those who cannot see them. */
export function skeletonRows(count = 6) {
  return html`<div role="status">
    <span class="visually-hidden">Loading…</span>
    ${Array.from({ length: count }, skeletonRow)}
  </div>`;
}

function skeletonRow() {
  return html`<div class="skeleton-row" aria-hidden="true">
    <div class="skeleton skeleton-circle"></div>
    <div class="skeleton-lines">
      <div class="skeleton skeleton-line skeleton-line-short"></div>
      <div class="skeleton skeleton-line skeleton-line-long"></div>
    </div>
  </div>`;
}

/** Say that there is nothing yet, and what to do about it: `action` is a template. */
export function emptyState({ iconName, title, text = "", action = nothing }) {
  return html`<div class="state">
    <div class="state-icon">${icon(iconName)}</div>
    <h2>${title}</h2>
    ${text ? html`<p>${text}</p>` : nothing} ${action}
  </div>`;
}

/** Say what went wrong; `retry` is called by the button, and there is none without it. */
export function errorState({ error = null, title = "This could not be loaded", retry = null }) {
  return html`<div class="state state-error" role="alert">
    <div class="state-icon">${icon(error?.isNetwork ? "offline" : "alert")}</div>
    <h2>${title}</h2>
    <p>${error?.message ?? "Something went wrong. Try again in a moment."}</p>
    ${retry ? retryButton(retry) : nothing}
  </div>`;
}

function retryButton(retry) {
  return html`<button type="button" class="button" @click=${retry}>Try again</button>`;
}
