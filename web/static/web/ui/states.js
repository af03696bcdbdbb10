import { html, nothing } from "lit";
import { network } from "../core/network.js";
import { t } from "../text/translate.js";
import { icon } from "./icons.js";

/** Render placeholder rows, with "Loading…" for screen readers. */
export function skeletonRows(count = 6) {
  return html`<div role="status">
    <span class="visually-hidden">${t("list.loading")}</span>
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

/** Render the state of an empty list; `action` is a template. */
export function emptyState({ iconName, title, text = "", action = nothing }) {
  return html`<div class="state">
    <div class="state-icon">${icon(iconName)}</div>
    <h2>${title}</h2>
    ${text ? html`<p>${text}</p>` : nothing} ${action}
  </div>`;
}

/**
 * Render an error; with `retry` there is a button that calls it.
 *
 * Without a network it is no alert, and promises what ui/auto-retry.js does, if the error is temporary.
 */
export function errorState({ error = null, title = t("error.title"), retry = null }) {
  const isWaiting = error?.isTemporary && error.isNetwork && !network.isOnline;
  const text = isWaiting ? t("error.offline") : (error?.message ?? t("error.server"));
  const look = isWaiting ? "state" : "state state-error";
  return html`<div class=${look} role=${isWaiting ? "status" : "alert"}>
    <div class="state-icon">${icon(error?.isNetwork ? "offline" : "alert")}</div>
    <h2>${title}</h2>
    <p>${text}</p>
    ${retry ? retryButton(retry) : nothing}
  </div>`;
}

function retryButton(retry) {
  return html`<button type="button" class="button" @click=${retry}>
    ${t("action.retry")}
  </button>`;
}
