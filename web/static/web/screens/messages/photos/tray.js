import { html, nothing, repeat } from "lit";
import { PhotoDraft } from "../../../live/photos/draft.js";
import { MAX_PHOTOS } from "../../../live/photos/plan.js";
import { release, urlOf } from "../../../live/photos/urls.js";
import { t } from "../../../text/translate.js";
import { icon } from "../../../ui/icons.js";
import { loadStyles } from "../../../ui/screens.js";
import { NotAPhoto, preparePhoto } from "./prepare.js";

/** The strip of chosen photos above the message box, and why others were refused. */
export class PhotoTray {
  draft;
  #host;
  #preparing = 0;
  // Files are prepared one after the other: a photo of 50 megapixels takes 200 MB meanwhile.
  #queue = Promise.resolve();
  #problems = [];

  /** Open the tray of a conversation; resolves once the stored photos and the styles are loaded. */
  static async open(host, name) {
    const tray = new PhotoTray(host, name);
    await Promise.all([tray.draft.load(), loadStyles()]);
    return tray;
  }

  constructor(host, name) {
    this.#host = host;
    this.draft = new PhotoDraft(name);
    this.draft.addEventListener("change", () => host.requestUpdate());
  }

  get isBusy() {
    return this.#preparing > 0;
  }

  /** Resolve once all files are prepared. */
  ready() {
    return this.#queue;
  }

  close() {
    this.draft.close();
  }

  add(files) {
    const room = this.draft.room - this.#preparing;
    this.#problems = files.length > room ? [t("photo.tooMany", { max: MAX_PHOTOS })] : [];
    for (const file of files.slice(0, Math.max(room, 0))) {
      this.#preparing += 1;
      this.#queue = this.#queue.then(() => this.#prepare(file));
    }
    this.#host.requestUpdate();
  }

  async #prepare(file) {
    try {
      await this.draft.add(await preparePhoto(file));
    } catch (error) {
      if (!(error instanceof NotAPhoto)) throw error;
      this.#problems = [...this.#problems, error.message];
    } finally {
      this.#preparing -= 1;
      this.#host.requestUpdate();
    }
  }

  render() {
    return [this.#renderProblems(), this.#renderStrip()];
  }

  #renderProblems() {
    return html`<div role="alert">
      ${this.#problems.length
        ? html`<ul class="photo-problems">
            ${this.#problems.map((text) => html`<li>${text}</li>`)}
          </ul>`
        : nothing}
    </div>`;
  }

  #renderStrip() {
    const { photos } = this.draft;
    if (!photos.length && !this.isBusy) return nothing;
    const item = (photo, index) => html`<li>${preview(photo)} ${this.#renderRemove(photo, index)}</li>`;
    return html`<ul class="photo-strip" aria-label=${t("photo.chosen")} aria-busy=${this.isBusy ? "true" : "false"}>
      ${repeat(photos, ({ key }) => key, item)}
      ${Array.from({ length: this.#preparing }, () => html`<li class="skeleton" aria-hidden="true"></li>`)}
    </ul>`;
  }

  #renderRemove({ key }, index) {
    return html`<button
      type="button"
      aria-label=${t("photo.remove", { number: index + 1 })}
      @click=${() => this.#remove(key)}
    >
      ${icon("close", { small: true })}
    </button>`;
  }

  async #remove(key) {
    this.#problems = [];
    await this.draft.remove(key);
    release(key);
    this.#host.box?.focus({ preventScroll: true });
  }
}

/** Render a chosen photo; a file that this browser cannot decode is shown by its name. */
function preview({ key, blob, name, width }) {
  if (!width) return html`<span class="photo-file">${icon("photo")}<span>${name}</span></span>`;
  return html`<img src=${urlOf(key, blob)} alt=${name} draggable="false" />`;
}
