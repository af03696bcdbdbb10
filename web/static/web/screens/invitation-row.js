import { html, nothing } from "lit";
import { clock } from "../live/page.js";
import { formatDate, timeLocale } from "../text/time.js";
import { parts, t } from "../text/translate.js";

/** Render an invitation with its address, state and actions. */
export function invitationRow(invitation, handlers) {
  const { email, accepted_at, message } = invitation;
  return html`<li class="row row-stacks">
    <div class="row-text">
      <span class="row-line row-name">${email}</span>
      <span class="soft">${stateOf(invitation)}</span>
      ${message ? html`<q class="soft row-line" dir="auto">${message}</q>` : nothing}
    </div>
    ${accepted_at ? nothing : actions(invitation, handlers)}
  </li>`;
}

function stateOf({ accepted_at, expires_at, created_at, is_expired, email_status }) {
  const date = day(created_at);
  const until = day(expires_at);
  if (accepted_at) return [tag("success", t("invitation.joined")), day(accepted_at)];
  if (is_expired) {
    return [tag("neutral", t("invitation.expired")), parts("invitation.sent", { date })];
  }
  if (email_status === "failed") {
    return [tag("warning", t("invitation.notSent")), t("invitation.notSentHint")];
  }
  return [tag("warning", t("invitation.pending")), parts("invitation.valid", { date, until })];
}

function tag(kind, text) {
  return html`<span class="tag tag-${kind}">${text}</span> `;
}

function actions(invitation, { onResend, onRevoke, onCopy, onShow }) {
  const { email, link } = invitation;
  return html`<div class="row-actions">
    ${link
      ? [
          button("soft", t("invitation.copy"), t("invitation.copyFor", { email }), () =>
            onCopy(invitation),
          ),
          button("soft", t("invitation.link"), t("invitation.linkFor", { email }), () =>
            onShow(invitation),
          ),
        ]
      : nothing}
    ${button("soft", t("invitation.resend"), t("invitation.resendTo", { email }), () =>
      onResend(invitation),
    )}
    ${button("quiet", t("invitation.revoke"), t("invitation.revokeFor", { email }), () =>
      onRevoke(invitation),
    )}
  </div>`;
}

function button(kind, word, label, act) {
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
  const date = formatDate(new Date(text), clock.now);
  return html`<time dir="auto" lang=${timeLocale} datetime=${text}>${date}</time>`;
}
