import { joinedSentence } from "../../../live/preview.js";
import { t } from "../../../text/translate.js";

// Apart from the modules that render parts, because what loads late needs only these.
const KINDS = {
  deleted: () => t("message.deleted"),
  event: eventSentence,
  photo: ({ photos }) => t("message.photos", { count: photos.length }),
  text: ({ text }) => text,
};

/** Return the text that stands for an item where there is no bubble. */
export function describeParts(item) {
  return item.parts.map((part) => KINDS[part.kind](part, item)).join(", ");
}

/** Return the sentence in the reader's language, or for events of a later release the server's. */
export function eventSentence({ event, text }, { isOwn, sender }) {
  return event === "joined" ? joinedSentence(sender, isOwn) : text;
}
