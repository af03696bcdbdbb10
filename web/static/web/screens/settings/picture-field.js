import { html, nothing } from "lit";
import { updateMe } from "../../core/endpoints.js";
import { session } from "../../core/session.js";
import { StoreController } from "../../core/store.js";
import { t } from "../../text/translate.js";
import "../../ui/avatar.js";
import { Element } from "../../ui/element.js";
import { icon } from "../../ui/icons.js";

/** Change or remove the user's picture, with a preview during the upload. */
class PictureField extends Element {
  static properties = {
    preview: { state: true },
    error: { state: true },
    isBusy: { state: true },
  };

  constructor() {
    super();
    new StoreController(this, session);
  }

  render() {
    const { user } = session;
    const person = this.preview ? { ...user, profile_image: this.preview } : user;
    return html`<div class="person">
      <user-avatar size="large" .person=${person}></user-avatar>
      <div class="person-text">
        <div class="form-actions">
          ${this.#chooseButton()} ${user?.profile_image ? this.#removeButton() : nothing}
        </div>
        <div role="alert">
          ${this.error ? html`<p class="field-error">${this.error}</p>` : nothing}
        </div>
        <p class="visually-hidden" role="status">${this.isBusy ? t("picture.saving") : ""}</p>
      </div>
    </div>`;
  }

  #chooseButton() {
    return html`
      <button
        type="button"
        class="button"
        aria-disabled=${this.isBusy ? "true" : nothing}
        @click=${() => this.querySelector("input").click()}
      >
        ${icon("camera", { small: true })}
        ${session.user?.profile_image ? t("picture.change") : t("picture.add")}
      </button>
      <input
        type="file"
        accept="image/jpeg,image/png,image/webp,image/gif,image/heic,image/heif,image/avif"
        aria-label=${t("picture.label")}
        hidden
        @change=${this.#choose}
      />
    `;
  }

  #removeButton() {
    const remove = () => this.#save({ profile_image: null });
    return html`<button type="button" class="button button-quiet" @click=${remove}>
      ${t("picture.remove")}
    </button>`;
  }

  async #choose({ target }) {
    const [file] = target.files;
    if (!file) return;
    const { squarePicture } = await import("./square-picture.js").catch(() => ({}));
    const picture = squarePicture ? await squarePicture(file) : file; // the server crops it too
    target.value = ""; // so that choosing the same file again fires "change"
    const form = new FormData();
    form.append("profile_image", picture);
    const url = URL.createObjectURL(picture);
    // The browser cannot show a file that it could not decode, such as HEIC.
    this.preview = picture === file ? null : url;
    await this.#save(form);
    this.preview = null;
    await this.updateComplete;
    URL.revokeObjectURL(url);
  }

  async #save(changes) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.error = "";
    try {
      session.setUser(await updateMe(changes));
    } catch (error) {
      this.error = error.message;
    } finally {
      this.isBusy = false;
    }
  }
}

customElements.define("picture-field", PictureField);
