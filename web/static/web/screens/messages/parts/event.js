import { html } from "lit";
import { joinedSentence } from "../../../live/preview.js";

export const eventPart = {
  render: (part, item) => html`<span class="event-text">${sentence(part, item)}</span>`,
  describe: sentence,
};

/** Return the sentence in the reader's language, or for events of a later release the server's. */
function sentence({ event, text }, { isOwn, sender }) {
  return event === "joined" ? joinedSentence(sender, isOwn) : text;
}
