import { deletedPart } from "./deleted.js";
import { eventPart } from "./event.js";
import { photoPart } from "./photo.js";
import { textPart } from "./text.js";

// Each has `render(part, item)`.
const KINDS = { deleted: deletedPart, event: eventPart, photo: photoPart, text: textPart };

/** Render the parts of an item of a thread. */
export function renderParts(item) {
  return item.parts.map((part) => KINDS[part.kind].render(part, item));
}
