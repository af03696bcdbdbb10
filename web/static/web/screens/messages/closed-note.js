import { html } from "lit";
import { session } from "../../core/session.js";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { isDeleted, isRemoved } from "./people.js";

/** Return the reason why a thread is read-only, as a text; null if it is not read-only. */
export function closedReason({ status, conversation }, person) {
  if (session.isImpersonating) return t("closed.impersonating");
  if (status === "gone") return t("closed.ended");
  if (person && isDeleted(person)) return t("closed.deleted");
  if (status === "archived" || conversation?.is_archived) return archivedReason(conversation);
  return null;
}

function archivedReason(conversation) {
  if (isRemoved(conversation)) return t("closed.removed");
  return session.user?.role === "TRAINEE" ? t("closed.ended") : t("closed.archived");
}

/** Render the reason in place of the composer. */
export function closedNote(reason) {
  const iconName = session.isImpersonating ? "eye" : "archive";
  return html`<p class="closed-note" role="status">
    ${icon(iconName, { small: true })} ${reason}
  </p>`;
}
