import { html } from "lit";
import { StoreController } from "../../../core/store.js";
import { progress } from "../../../live/photos/progress.js";
import { t } from "../../../text/translate.js";
import { Element } from "../../../ui/element.js";

/** How much of a photo was uploaded, in whichever tab. */
class UploadRing extends Element {
  static properties = { key: { attribute: false }, isDone: { attribute: false } };

  constructor() {
    super();
    new StoreController(this, progress);
  }

  render() {
    const percent = Math.round(100 * (this.isDone ? 1 : progress.of(this.key)));
    return html`<svg
      class="upload-ring"
      viewBox="0 0 40 40"
      role="progressbar"
      aria-label=${t("photo.uploading")}
      aria-valuenow=${percent}
      aria-valuemin="0"
      aria-valuemax="100"
    >
      <circle cx="20" cy="20" r="16" pathLength="100"></circle>
      <circle cx="20" cy="20" r="16" pathLength="100" stroke-dasharray="${percent} 100"></circle>
    </svg>`;
  }
}

customElements.define("upload-ring", UploadRing);
