import { html } from "lit";

const BUBBLES = ["other", "other long", "own", "other", "own long", "own", "other"];

/** Hold the place of messages that are on their way. */
export function bubbleSkeletons() {
  return html`<div class="history" role="status">
    <span class="visually-hidden">Loading messages…</span>
    <div class="history-inner" aria-hidden="true">
      ${BUBBLES.map((kind) => html`<div class="skeleton bubble-skeleton ${kind}"></div>`)}
    </div>
  </div>`;
}
