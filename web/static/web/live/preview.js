import { session } from "../core/session.js";
import { nameInSentence } from "../text/names.js";
import { t } from "../text/translate.js";

/**
 * Return the preview of a conversation's newest message, in the reader's language.
 *
 * The server's preview is English where it is no text. The kind of a photo with a text is "text".
 */
export function previewOf({ last_message_kind: kind, last_message_preview: preview, trainee }) {
  if (kind === "deleted") return t("message.deleted");
  if (kind === "joined") return joinedSentence(trainee, trainee.id === session.user?.id);
  if (kind === "photo") return t("preview.photo");
  return preview;
}

/** Say that a person has joined, by their first name if they have one. */
export function joinedSentence(person, isOwn) {
  if (isOwn) return t("event.youJoined");
  const { first_name, email } = person;
  const name = nameInSentence({ first_name, email });
  return t("event.joined", { name });
}
