import { html, nothing } from "lit";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import "../text/later.js";
import { t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { signOut } from "../ui/sign-out.js";
import { toast } from "../ui/toast.js";
import { setTitle } from "../live/badge.js";
import "./settings/data-export.js";
import { languageChoice } from "./settings/language-choice.js";
import "./settings/notification-switch.js";
import "./settings/password-form.js";
import "./settings/picture-field.js";
import "./settings/profile-form.js";
import { themeChoice } from "./settings/theme-choice.js";

/** The user's profile, and the settings of this device. */
class SettingsScreen extends Element {
  constructor() {
    super();
    new StoreController(this, session);
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("nav.settings"));
    // Not part of the first load.
    this.deletion = import("./settings/delete-account.js").catch(() => null);
    import("./settings/unread-emails.js").catch(() => {});
  }

  render() {
    if (!session.user) return nothing; // signing out
    return html`<div class="page">
      <header class="page-header"><h1>${t("nav.settings")}</h1></header>
      ${session.isImpersonating ? readOnlyNote() : ownSettings()}
      ${session.isImpersonating ? nothing : card(t("language.title"), t("language.hint"), languageChoice())}
      ${card(t("settings.appearance"), t("settings.device"), themeChoice())}
      ${session.isImpersonating ? nothing : [accountCard(), dataCard(), deleteCard(this.#delete)]}
      ${versionNote()}
    </div>`;
  }

  #delete = async () => {
    const deletion = await this.deletion;
    if (deletion) await deletion.askToDeleteAccount();
    else toast(t("error.unreachable"));
  };
}

function readOnlyNote() {
  return card(t("settings.readOnly"), t("settings.readOnlyHint"), nothing);
}

function ownSettings() {
  return html`
    ${card(
      t("profile.title"),
      t("profile.signedInAs", { email: session.user.email }),
      html`<picture-field></picture-field><profile-form></profile-form>`,
    )}
    ${card(
      t("notifications.title"),
      t("settings.device"),
      html`<notification-switch></notification-switch>`,
    )}
    ${card(t("emails.title"), t("emails.hint"), html`<unread-emails></unread-emails>`)}
    ${card(
      t("field.password"),
      t("password.hint"),
      html`<password-form></password-form>`,
    )}
  `;
}

/** On phones the navigation has no room for this button. */
function accountCard() {
  return html`<section class="card card-padded phones-only">
    <button type="button" class="button button-wide" @click=${signOut}>
      ${icon("sign-out", { small: true })} ${t("nav.signOut")}
    </button>
  </section>`;
}

function dataCard() {
  return card(t("data.title"), t("data.hint"), html`<data-export></data-export>`);
}

function deleteCard(act) {
  return html`<section class="card card-padded card-action">
    <div>
      <h2>${t("account.delete")}</h2>
      <p class="soft">${t("account.deleteHint")}</p>
    </div>
    <button type="button" class="button button-danger" @click=${act}>
      ${icon("trash", { small: true })} ${t("account.delete")}
    </button>
  </section>`;
}

function versionNote() {
  const version = document.querySelector('meta[name="version"]')?.content;
  if (!version) return nothing; // a page kept by an earlier release
  return html`<p class="version-note">${t("settings.version", { version })}</p>`;
}

function card(title, text, body) {
  return html`<section class="card card-padded">
    <div>
      <h2>${title}</h2>
      <p class="soft">${text}</p>
    </div>
    ${body}
  </section>`;
}

customElements.define("settings-screen", SettingsScreen);
