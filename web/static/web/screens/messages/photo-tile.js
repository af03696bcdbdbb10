import { html, ifDefined, nothing } from "lit";
import { page } from "../../live/page.js";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";
import { icon } from "../../ui/icons.js";

// The largest box of a photo that is alone in its bubble, in CSS pixels.
const BOX = { width: 320, height: 400 };
const SMALLEST_PX = 96;
const SQUARE = { width: 240, height: 240 };

/**
 * One photo of a message: an attachment, or a photo that waits in the outbox.
 *
 * Its size is known before it has loaded, so that nothing jumps. Links that no longer work are renewed
 * once; without a network, the photo is loaded again when the network is back.
 */
class PhotoTile extends Element {
  static properties = {
    photo: { attribute: false },
    isAlone: { attribute: false },
    messageId: { attribute: false },
    url: { state: true },
    isBroken: { state: true },
  };

  #online = () => this.isBroken && this.#show(this.photo.urls);

  connectedCallback() {
    super.connectedCallback();
    page.addEventListener("online", this.#online);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    page.removeEventListener("online", this.#online);
  }

  willUpdate(changed) {
    if (!changed.has("photo")) return;
    const { urls } = this.photo;
    if (!urls) this.#showStored();
    else if (this.url !== (this.isAlone ? urls.medium : urls.small)) this.#show(urls);
  }

  render() {
    const { width, height } = sizeOf(this.photo, this.isAlone);
    return html`<img
        class="photo-image"
        src=${ifDefined(this.url ?? undefined)}
        width=${width}
        height=${height}
        alt=""
        loading="lazy"
        decoding="async"
        draggable="false"
        @load=${({ target }) => target.style.removeProperty("background-image")}
        @error=${() => this.#failed()}
      />
      ${this.isBroken ? this.#renderBroken() : nothing}
      ${this.photo.urls
        ? nothing
        : html`<upload-ring .key=${this.photo.key} .isDone=${Boolean(this.photo.upload)}></upload-ring>`}`;
  }

  updated(changed) {
    if (!changed.has("photo")) return;
    // Without this, a very wide or tall photo would get its own proportions when it has loaded.
    const { width, height } = sizeOf(this.photo, this.isAlone);
    this.querySelector("img").style.aspectRatio = this.isAlone ? `${width} / ${height}` : "";
    if (this.photo.blurhash) this.#blur();
  }

  #renderBroken() {
    return html`<span class="photo-broken" role="img" aria-label=${t("photo.unavailable")}>
      ${icon("photo")}
    </span>`;
  }

  /** Load a photo, again if its link is the same as before. */
  async #show(urls) {
    const url = this.isAlone ? urls.medium : urls.small;
    this.isBroken = false;
    if (this.url === url) {
      this.url = null;
      await this.updateComplete;
    }
    this.url = url;
  }

  /** Show a photo of the outbox from this device. */
  async #showStored() {
    const { photo } = this;
    import("./photos/upload-ring.js").catch(() => {});
    const { findUrl } = await import("../../live/photos/urls.js").catch(() => ({}));
    const url = await findUrl?.(photo.key);
    if (photo !== this.photo) return;
    this.url = url;
    this.isBroken = !url;
  }

  /** Show a blurred picture until the photo has loaded. */
  async #blur() {
    const { photo } = this;
    const image = this.querySelector("img");
    if (image.complete) return;
    const { blur } = await import("./photos/blur.js").catch(() => ({}));
    if (photo === this.photo && !image.complete) blur?.(image, photo.blurhash);
  }

  async #failed() {
    const { photo } = this;
    this.isBroken = true;
    if (!photo.urls || !page.isOnline) return;
    const { renewLinks } = await import("../../live/photos/links.js").catch(() => ({}));
    const { thread } = this.closest("message-history") ?? {};
    if (!renewLinks || !thread) return;
    const isNew = await renewLinks(thread.id, this.messageId, photo);
    if (isNew && photo === this.photo) this.#show(photo.urls);
  }
}

/** Return the size of a photo in its bubble; photos that the device could not decode have no size. */
function sizeOf({ width, height }, isAlone) {
  if (!isAlone || !width || !height) return SQUARE;
  const scale = Math.min(1, BOX.width / width, BOX.height / height);
  const side = (pixels) => Math.max(SMALLEST_PX, Math.round(pixels * scale));
  return { width: side(width), height: side(height) };
}

customElements.define("photo-tile", PhotoTile);
