import { html } from "lit";
import { session } from "../../core/session.js";
import { t } from "../../text/translate.js";

const DELETED_ID = 0;
const DELETED = {
  id: DELETED_ID,
  first_name: t("person.deleted"),
  last_name: "",
  profile_image: null,
};

/** Return the other person of a conversation; a deleted account gets a display name. */
export function otherPerson({ trainer, trainee }) {
  const other = trainer.id === session.user?.id ? trainee : trainer;
  return isDeleted(other) ? DELETED : other;
}

/** Return whether a person's account was deleted. */
export function isDeleted(person) {
  return person.id === DELETED_ID;
}

/** Return whether a conversation of the user is archived because the trainee was removed. */
export function isRemoved(conversation) {
  if (session.user?.role !== "TRAINER" || !conversation?.is_archived) return false;
  return !isDeleted(conversation.trainee);
}

/** Render the tag beside the name of a removed trainee. */
export function removedTag() {
  return html`<span class="tag">${t("conversation.removed")}</span>`;
}
