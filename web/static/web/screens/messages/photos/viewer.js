import { html, nothing } from "lit";
import { findUrl } from "../../../live/photos/urls.js";
import { renewLinks } from "../../../live/photos/links.js";
import { t } from "../../../text/translate.js";
import { stepOf } from "../../../ui/arrows.js";
import { Element } from "../../../ui/element.js";
import { icon } from "../../../ui/icons.js";
import { loadStyles } from "../../../ui/screens.js";
import { onBack } from "./back-button.js";
import { PullDown } from "./pull-down.js";
import { Zoom } from "./zoom.js";

const PAGES = { PageUp: -1, PageDown: 1 };
const REDUCED = matchMedia("(prefers-reduced-motion: reduce)");
// By which factor a key zooms; 0 shows the whole photo.
const ZOOMS = { "+": 1.5, "=": 1.5, "-": 1 / 1.5, _: 1 / 1.5, 0: 0 };

/**
 * Show the photos of a message on the whole screen, beginning with the one at `index`.
 *
 * Swipes and keys go to the next photo; pinching, the wheel, a double tap and keys zoom. Escape, the back
 * button, a swipe down and the button in the corner close it, and so does the deletion of the message. The focus
 * returns to `opener`, an element of the message.
 */
export async function showPhotos({ photos, labels, index, conversationId, messageId, opener }) {
  await loadStyles();
  const viewer = document.createElement("photo-viewer");
  Object.assign(viewer, { photos, labels, index, conversationId, messageId, opener });
  document.body.append(viewer);
}

class PhotoViewer extends Element {
  static properties = { index: { state: true }, urls: { state: true } };

  #leave = null;
  #listening = new AbortController();
  #zooms = [];
  // The photo that the track scrolls to by itself; null while the user scrolls it.
  #target = null;

  constructor() {
    super();
    this.urls = [];
  }

  async connectedCallback() {
    super.connectedCallback();
    this.urls = this.photos.map(({ urls }) => urls?.large ?? null);
    const stored = await Promise.all(this.photos.map(({ key }) => key && findUrl(key)));
    this.urls = this.urls.map((url, at) => url ?? stored[at]);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
    for (const zoom of this.#zooms) zoom.close();
  }

  firstUpdated() {
    this.querySelector("dialog").showModal();
    const { thread } = this.opener.closest("message-history");
    const isDeleted = () => thread.messages.some((each) => each.id === this.messageId && each.is_deleted);
    thread.addEventListener("change", () => isDeleted() && this.#close(), { signal: this.#listening.signal });
    this.#leave = onBack(() => this.#close());
    this.#goTo(this.index, { isSmooth: false });
    this.#zooms = [...this.#track.children].map((stage) => this.#watch(stage));
  }

  /** Let gestures zoom the photo of a stage, or close the viewer. */
  #watch(stage) {
    const zoom = new Zoom(stage, stage.querySelector("img"));
    new PullDown(stage, { canPull: () => !zoom.isEnlarged, close: () => this.#close() });
    return zoom;
  }

  render() {
    const { length } = this.photos;
    return html`<dialog
      class="viewer"
      aria-label=${t("photo.viewer")}
      @close=${() => this.#closed()}
      @keydown=${(event) => this.#key(event)}
    >
      <div
        class="viewer-track"
        role="group"
        aria-label=${t("photo.viewer")}
        tabindex="0"
        @pointerdown=${() => (this.#target = null)}
        @scroll=${({ target }) => this.#scrolled(target)}
      >
        ${this.photos.map((photo, at) => this.#renderSlide(photo, at))}
      </div>
      <div class="viewer-bar">
        ${this.#renderSave()}
        <button type="button" class="icon-button" autofocus aria-label=${t("photo.close")} @click=${() => this.#close()}>
          ${icon("close")}
        </button>
      </div>
      ${length > 1 ? this.#renderSteps(length) : nothing}
    </dialog>`;
  }

  #renderSlide(photo, at) {
    const isNear = Math.abs(at - this.index) <= 1;
    const url = this.urls[at];
    return html`<div class="viewer-slide" ?inert=${at !== this.index}>
      <img
        src=${isNear && url ? url : nothing}
        width=${photo.width || nothing}
        height=${photo.height || nothing}
        alt=${this.labels[at]}
        draggable="false"
        @error=${() => this.#failed(photo, at)}
      />
    </div>`;
  }

  #renderSave() {
    const url = this.urls[this.index];
    if (!url) return nothing;
    return html`<a class="icon-button" href=${url} target="_blank" rel="noopener" download aria-label=${t("photo.save")}>
      ${icon("arrow-down")}
    </a>`;
  }

  #renderSteps(length) {
    const step = (by, name, label) => html`<button
      type="button"
      class="icon-button viewer-step"
      aria-label=${label}
      aria-disabled=${this.index + by < 0 || this.index + by >= length ? "true" : "false"}
      @click=${() => this.#goTo(this.index + by)}
    >
      ${icon(name)}
    </button>`;
    return html`<div class="viewer-steps">
      ${step(-1, "back", t("photo.previous"))}
      <p role="status">${t("photo.number", { number: this.index + 1, total: length })}</p>
      ${step(1, "forward", t("photo.next"))}
    </div>`;
  }

  get #track() {
    return this.querySelector(".viewer-track");
  }

  #goTo(index, { isSmooth = true } = {}) {
    const slide = this.#track.children[index];
    if (!slide) return;
    this.#show(index);
    this.#target = index;
    const behavior = isSmooth && !REDUCED.matches ? "smooth" : "instant";
    slide.scrollIntoView({ behavior, block: "nearest", inline: "start" });
  }

  #scrolled(track) {
    // scrollLeft is negative in a right-to-left page.
    const position = Math.abs(track.scrollLeft) / track.clientWidth;
    if (this.#target === null) this.#show(Math.round(position));
    else if (Math.abs(position - this.#target) < 0.01) this.#target = null;
  }

  #show(index) {
    if (index === this.index) return;
    this.#zooms[this.index]?.reset();
    this.index = index;
  }

  #key(event) {
    const by = PAGES[event.key] ?? stepOf(event.key);
    const factor = ZOOMS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || (!by && factor === undefined)) return;
    event.preventDefault();
    if (by) this.#goTo(this.index + by);
    else this.#zooms[this.index].step(factor);
  }

  /** Renew the links once; the smaller picture in the thread may still be shown. */
  async #failed(photo, at) {
    if (!photo.urls) return;
    await renewLinks(this.conversationId, this.messageId, photo);
    if (photo.urls.large !== this.urls[at]) this.urls = this.urls.map((url, each) => (each === at ? photo.urls.large : url));
  }

  #close() {
    this.querySelector("dialog").close();
  }

  #closed() {
    this.#leave();
    this.remove();
    if (this.opener.isConnected) this.opener.focus({ preventScroll: true });
  }
}

customElements.define("photo-viewer", PhotoViewer);
