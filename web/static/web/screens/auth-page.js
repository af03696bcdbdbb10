import { html, nothing } from "lit";
import { icon } from "../ui/icons.js";

/** Render a screen for signed-out users: brand or `picture`, heading and a card, if there is a `body`. */
export function authPage({ picture = icon("brand"), title, text, body = nothing, links }) {
  return html`<div class="auth">
    <div class="auth-brand">
      ${picture}
      <h1>${title}</h1>
      <p>${text}</p>
    </div>
    ${body === nothing ? nothing : html`<div class="card auth-card">${body}</div>`}
    <p class="auth-links">${links}</p>
  </div>`;
}

/** Return the parameters after the "#" of an emailed link, where no server logs them. */
export function linkParameters() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}
