import { html, nothing } from "lit";
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

/** Return whether the user is a trainer with whom the trainee no longer works. */
export function isRemoved(conversation) {
  return isTrainer() && conversation?.archived_reason === "trainee_removed";
}

/** Render the tag of an archived conversation beside the name, for trainers. */
export function archivedTag(conversation) {
  if (!isTrainer() || !conversation?.is_archived) return nothing;
  const text = isRemoved(conversation) ? t("conversation.removed") : t("archive.title");
  return html`<span class="tag">${text}</span>`;
}

function isTrainer() {
  return session.user?.role === "TRAINER";
}
