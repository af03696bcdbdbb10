import { html } from "lit";
import { session } from "../../core/session.js";
import { icon } from "../../ui/icons.js";
import { isDeleted } from "./people.js";

/** Tell why nobody can write in a thread: a sentence, or null when they can. */
export function closedReason({ status, conversation }, person) {
  if (session.isImpersonating) return "You are only looking: nothing can be written here.";
  if (status === "gone") return "This conversation has ended. You can no longer write here.";
  if (status === "archived" || conversation?.is_archived) {
    return "This conversation is archived. You can read it, but nothing can be written any more.";
  }
  if (person && isDeleted(person)) return "This account was deleted. Nobody would read an answer.";
  return null;
}

/** Stand in the place of the box that is closed. */
export function closedNote(reason) {
  const iconName = session.isImpersonating ? "eye" : "archive";
  return html`<p class="closed-note" role="status">
    ${icon(iconName, { small: true })} ${reason}
  </p>`;
}
