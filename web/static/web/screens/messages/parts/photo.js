import { html } from "lit";
import { t } from "../../../text/translate.js";

export const photoPart = {
  render: ({ photos }) => html`<span class="bubble-photos">${photos.map(photo)}</span>`,
  describe: ({ photos }) => t("message.photos", { count: photos.length }),
};

function photo({ urls, width, height }) {
  return html`<img
    class="bubble-photo"
    src=${urls.small}
    width=${width}
    height=${height}
    alt=${t("message.photos", { count: 1 })}
    loading="lazy"
  />`;
}
