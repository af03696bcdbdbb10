import { html } from "lit";
import { nameInSentence } from "../../../text/names.js";
import { t } from "../../../text/translate.js";

export const eventPart = {
  render: (part, item) => html`<span class="event-text">${sentence(part, item)}</span>`,
  describe: sentence,
};

/** Return the sentence in the reader's language, or for events of a later release the server's. */
function sentence({ event, text }, { isOwn, sender }) {
  return event === "joined" ? joinedSentence(sender, isOwn) : text;
}

/** Say that a person has joined, by their first name if they have one. */
export function joinedSentence(person, isOwn) {
  if (isOwn) return t("event.youJoined");
  const { first_name, email } = person;
  const name = nameInSentence({ first_name, email });
  return t("event.joined", { name });
}
