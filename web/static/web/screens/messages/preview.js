import { session } from "../../core/session.js";
import { t } from "../../text/translate.js";
import { joinedSentence } from "./parts/event.js";

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
