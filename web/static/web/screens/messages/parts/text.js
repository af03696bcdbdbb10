import { html } from "lit";
import { loadLate } from "../../../core/api.js";

// Not part of the first load; until it is loaded, addresses are plain text.
let linkify = null;

/** Return whether addresses are rendered as links. */
export const hasLinks = () => linkify !== null;

export async function loadLinks() {
  ({ linkify } = await loadLate(() => import("../../../text/linkify.js")));
}

export const textPart = {
  render: ({ text, isLarge }) =>
    html`<span class="bubble-text ${isLarge ? "large" : ""}"
      >${linkify?.(text).map(piece) ?? text}</span
    >`,
};

function piece({ text, href }) {
  if (!href) return text;
  if (!href.startsWith("http")) return html`<a href=${href}>${text}</a>`;
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`;
}
