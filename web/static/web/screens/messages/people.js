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
