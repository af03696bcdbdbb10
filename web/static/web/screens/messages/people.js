import { session } from "../../core/session.js";

const DELETED_ID = 0;
const DELETED = {
  id: DELETED_ID,
  first_name: "Deleted",
  last_name: "account",
  profile_image: null,
};

/** Return the person on the other side of a conversation; a deleted one has a name for people. */
export function otherPerson({ trainer, trainee }) {
  const other = trainer.id === session.user?.id ? trainee : trainer;
  return isDeleted(other) ? DELETED : other;
}

/** Tell whether the account was deleted, so that nobody would read an answer. */
export function isDeleted(person) {
  return person.id === DELETED_ID;
}
