import { html, nothing } from "lit";
import { formatDate } from "../text/time.js";

/** Draw an invitation: to whom, what became of it, and what can still be done. */
export function invitationRow(invitation, { onResend, onRevoke }) {
  const { email, accepted_at } = invitation;
  return html`<li class="row row-stacks">
    <div class="row-text">
      <span class="row-line row-name">${email}</span>
      <span class="soft">${stateOf(invitation)}</span>
    </div>
    ${accepted_at ? nothing : actions(invitation, onResend, onRevoke)}
  </li>`;
}

function stateOf({ accepted_at, expires_at, created_at }) {
  const sent = `sent ${day(created_at)}`;
  if (accepted_at) return html`<span class="tag tag-success">Joined</span> ${day(accepted_at)}`;
  if (new Date(expires_at) < new Date()) return html`<span class="tag">Expired</span> ${sent}`;
  return html`<span class="tag tag-warning">Waiting</span> ${sent}, valid until ${day(expires_at)}`;
}

function actions(invitation, onResend, onRevoke) {
  const { email } = invitation;
  return html`<div class="row-actions">
    ${button("Resend", "soft", `Resend to ${email}`, () => onResend(invitation))}
    ${button("Revoke", "quiet", `Revoke invitation to ${email}`, () => onRevoke(invitation))}
  </div>`;
}

function button(word, kind, label, act) {
  return html`<button
    type="button"
    class="button button-${kind} button-small"
    aria-label=${label}
    @click=${act}
  >
    ${word}
  </button>`;
}

function day(text) {
  return formatDate(new Date(text));
}
