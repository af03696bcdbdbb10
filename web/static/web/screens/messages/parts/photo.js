import { html, nothing } from "lit";
import { nameInSentence } from "../../../text/names.js";
import { formatBubbleTime } from "../../../text/time.js";
import { loadLater, t } from "../../../text/translate.js";
import { icon } from "../../../ui/icons.js";
import "../photo-tile.js";

// A bubble shows at most this many photos; the viewer has all of them.
const MOST = 4;

export const photoPart = {
  render: ({ photos }, item) => html`<span
    class="photos count-${Math.min(photos.length, MOST)}"
    dir="auto"
    >${photos.slice(0, MOST).map((photo, index) => tile({ photo, index, photos, item }))}
    ${item.id === null && item.state !== "sending" ? cancelButton(item) : nothing}</span
  >`,
};

function tile({ photo, index, photos, item }) {
  const rest = photos.length - MOST;
  return html`<button
    type="button"
    class="photo"
    aria-label=${labelOf(item, index, photos.length)}
    @click=${(event) => open(event.currentTarget, { photos, index, item })}
  >
    <photo-tile .photo=${photo} .isAlone=${photos.length === 1} .messageId=${item.id}></photo-tile>
    ${rest > 0 && index === MOST - 1
      ? html`<span class="photo-rest" aria-hidden="true">+${rest}</span>`
      : nothing}
  </button>`;
}

/** Render the button that stops the sending, and returns the photos to the composer. */
function cancelButton({ clientId }) {
  return html`<button
    type="button"
    class="photo-cancel"
    aria-label=${t("photo.cancel")}
    title=${t("photo.cancel")}
    @click=${({ currentTarget }) => threadOf(currentTarget).cancelSend(clientId)}
  >
    ${icon("close", { small: true })}
  </button>`;
}

function threadOf(element) {
  return element.closest("message-history").thread;
}

/** Return who sent a photo and when, and which of several it is. */
function labelOf({ isOwn, sender, date }, index, total) {
  const time = formatBubbleTime(date);
  const photo = total === 1 ? t("message.photos", { count: 1 }) : t("photo.number", { number: index + 1, total });
  return isOwn ? t("photo.own", { photo, time }) : t("photo.by", { photo, time, name: nameInSentence(sender) });
}

/** Show the photos in the viewer, which is not part of the first load. */
async function open(button, { photos, index, item }) {
  const [{ showPhotos }] = await Promise.all([import("../photos/viewer.js"), loadLater()]);
  const { id: conversationId } = threadOf(button);
  const labels = photos.map((_, at) => labelOf(item, at, photos.length));
  showPhotos({ photos, labels, index, conversationId, messageId: item.id, opener: button });
}
