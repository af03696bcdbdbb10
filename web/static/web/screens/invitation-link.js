import { html, nothing } from "lit";
import { getInvitationLink } from "../core/endpoints.js";
import { session } from "../core/session.js";
import "../text/later.js";
import { parts, t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import { errorState } from "../ui/states.js";
import { toast } from "../ui/toast.js";

/** Copy the link of an invitation, to be sent in another way. */
export async function copyLink({ link }) {
  try {
    await navigator.clipboard.writeText(link);
    toast(t("invitations.copied"));
  } catch {
    toast(link); // the browser does not allow it
  }
}

/** Show the link of an invitation and its QR code, in a dialog. */
export function showLink(invitation) {
  const dialog = document.createElement("invitation-link");
  dialog.invitation = invitation;
  document.body.append(dialog);
}

class InvitationLink extends Element {
  static properties = { found: { state: true }, error: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    session.addEventListener("ended", this.#close);
    this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    session.removeEventListener("ended", this.#close);
  }

  async #load() {
    this.error = null;
    try {
      this.found = await getInvitationLink(this.invitation.id);
    } catch (error) {
      this.error = error;
    }
  }

  firstUpdated() {
    this.querySelector("dialog").showModal();
  }

  render() {
    const email = html`<bdi>${this.invitation.email}</bdi>`;
    return html`<dialog
      class="dialog"
      aria-labelledby="link-title"
      aria-describedby="link-text"
      @close=${this.remove}
      @click=${this.#closeOutside}
    >
      <div class="form">
        <h2 id="link-title">${parts("invitations.link", { email })}</h2>
        <p id="link-text">${t("invitations.linkHint")}</p>
        ${this.#body()}
        <div class="form-actions">
          <button type="button" class="button button-quiet" @click=${this.#close}>
            ${t("invitations.close")}
          </button>
          ${this.found ? copyButton(this.found) : nothing}
        </div>
      </div>
    </dialog>`;
  }

  #body() {
    const { found, error } = this;
    const retry = error?.isTemporary ? () => this.#load() : null;
    if (error) return errorState({ error, title: t("invitations.linkFailed"), retry });
    if (!found) return html`<div class="qr-code skeleton" role="status"></div>`;
    return html`<img class="qr-code" src=${found.image} alt=${t("invitations.linkAlt")} />
      <p class="join-link"><bdi>${found.link}</bdi></p>`;
  }

  #close = () => this.querySelector("dialog").close();

  #closeOutside(event) {
    if (event.target.localName === "dialog") this.#close();
  }
}

function copyButton(found) {
  return html`<button type="button" class="button button-primary" @click=${() => copyLink(found)}>
    ${t("invitation.copy")}
  </button>`;
}

customElements.define("invitation-link", InvitationLink);
