import { html, nothing } from "lit";
import { loadLate } from "../../core/api.js";
import { account } from "../../live/account.js";
import { loadLater, t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { TOUCH } from "./composer-parts.js";

/**
 * The photos of a composer: chosen, pasted, dropped or taken. What shows and shrinks them is not part of
 * the first load.
 */
export class Attaching {
  #host;
  #tray = null;
  #loading = null;
  // Whether the module could not be loaded.
  #hasFailed = false;
  #dropZone = null;

  /** `host` is an element with a `thread`. */
  constructor(host) {
    this.#host = host;
    host.addController(this);
    // Not part of the first load either. Until then, a dropped file must not replace the page.
    const early = new AbortController();
    for (const type of ["dragover", "drop"]) addEventListener(type, this.#takeEarly, { signal: early.signal });
    loadLate(() => import("./photos/drop-zone.js")).then(({ DropZone }) => {
      early.abort();
      this.#dropZone = new DropZone(host, (files) => this.add(files));
    });
  }

  hostConnected() {
    account.db.keys("photos").then((keys) => keys.length && this.#load());
  }

  hostDisconnected() {
    this.#tray?.close();
    this.#tray = this.#loading = null;
  }

  get hasPhotos() {
    return Boolean(this.#tray?.draft.photos.length);
  }

  /** Whether photos are still being prepared. */
  get isBusy() {
    return Boolean(this.#tray?.isBusy);
  }

  /** Add files; those that are no photos, or too large, are listed with the reason. */
  async add(files) {
    // The list of a file input is emptied below.
    const chosen = [...files];
    (await this.#load())?.add(chosen);
  }

  /** Resolve once all photos are prepared. */
  ready() {
    return this.#tray?.ready();
  }

  /** Return the photos for the next message. */
  take() {
    return this.#tray?.draft.take() ?? [];
  }

  /** Show the photos of a message again that was not queued, or that was cancelled. */
  async restore() {
    const keys = await account.db.keys("photos");
    if (keys.length) await (await this.#load())?.draft.reload();
  }

  /** Move the photos to the conversation that was just created. */
  async move(name) {
    await this.#tray?.draft.move(name);
  }

  renderTray() {
    const failure = html`<p class="photo-problems" role="alert">${t("photo.offline")}</p>`;
    return [this.#dropZone?.render(), this.#hasFailed ? failure : (this.#tray?.render() ?? nothing)];
  }

  renderButtons({ isEmpty }) {
    // The file choosers of phones and tablets do not always offer the camera.
    const camera = TOUCH.matches && isEmpty && !this.hasPhotos;
    return html`
      ${this.#renderButton({ name: "photo", label: t("photo.add") })}
      ${camera ? this.#renderButton({ name: "camera", label: t("photo.take"), isCamera: true }) : nothing}
    `;
  }

  #renderButton({ name, label, isCamera = false }) {
    return html`<button
        type="button"
        class="icon-button attach-button"
        aria-label=${label}
        title=${label}
        @click=${({ currentTarget }) => currentTarget.nextElementSibling.click()}
      >
        ${icon(name)}
      </button>
      <input
        type="file"
        hidden
        accept=${isCamera ? "image/*" : "image/*,.heic,.heif"}
        ?multiple=${!isCamera}
        capture=${isCamera ? "environment" : nothing}
        aria-label=${label}
        @change=${this.#choose}
      />`;
  }

  #choose = ({ target }) => {
    this.add(target.files);
    target.value = ""; // so that choosing the same file again fires "change"
    this.#host.box?.focus({ preventScroll: true });
  };

  /** Take the files of a paste, unless it has a text too, as a paste from a spreadsheet does. */
  paste = (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain")) return;
    event.preventDefault();
    this.add(files);
  };

  #takeEarly = (event) => {
    const { files, types } = event.dataTransfer;
    if (!types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop" && this.#host.isConnected) this.add(files);
  };

  #load() {
    this.#loading ??= this.#open();
    return this.#loading;
  }

  async #open() {
    const { id, traineeId } = this.#host.thread;
    try {
      const [{ PhotoTray }] = await Promise.all([import("./photos/tray.js"), loadLater()]);
      this.#hasFailed = false;
      if (this.#host.isConnected) this.#tray = await PhotoTray.open(this.#host, id ?? `trainee-${traineeId}`);
    } catch {
      this.#hasFailed = true;
      this.#loading = null;
    }
    this.#host.requestUpdate();
    return this.#tray;
  }
}
