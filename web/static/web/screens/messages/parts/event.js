import { html } from "lit";
import { eventSentence } from "./describe.js";

export const eventPart = {
  render: (part, item) => html`<span class="event-text">${eventSentence(part, item)}</span>`,
};
