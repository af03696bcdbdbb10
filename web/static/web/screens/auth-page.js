import { html } from "lit";
import { icon } from "../ui/icons.js";

/** Render a screen for signed-out users: brand, heading and a card. */
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

/** Return the parameters after the "#" of an emailed link, where no server logs them. */
export function linkParameters() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}
