import { html } from "lit";
import { icon } from "../ui/icons.js";

/** Lay out a screen for people who are not signed in: brand, heading, and one card. */
export function authPage({ title, text, body, links }) {
  return html`<div class="auth">
    <div class="auth-brand">
      ${icon("brand")}
      <h1>${title}</h1>
      <p>${text}</p>
    </div>
    <div class="card auth-card">${body}</div>
    <p class="auth-links">${links}</p>
  </div>`;
}

/** Read what an e-mailed link carries behind the "#", where no server logs it. */
export function linkParameters() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}
