import { html, nothing } from "lit";
import { ApiError } from "../core/api.js";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import "../text/later.js";
import { t } from "../text/translate.js";
import { AutoRetry } from "../ui/auto-retry.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { errorState } from "../ui/states.js";
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
  static properties = { lateError: { state: true } };

  constructor() {
    super();
    new StoreController(this, session);
    new AutoRetry(this, { errorOf: () => this.lateError, retry: () => this.#loadLater() });
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("nav.settings"));
    this.#loadLater();
  }

  /** Load what is not part of the first load; without a network, again when it is back. */
  async #loadLater() {
    const loading = [import("./settings/delete-account.js"), import("./settings/unread-emails.js")];
    const [deletion, emails] = await Promise.allSettled(loading);
    this.deletion = deletion.value ?? null;
    const hasAll = deletion.value && emails.value;
    this.lateError = hasAll ? null : new ApiError({});
  }

  render() {
    if (!session.user) return nothing; // signing out
    return html`<div class="page">
      <header class="page-header"><h1>${t("nav.settings")}</h1></header>
      ${session.isImpersonating ? readOnlyNote() : ownSettings(this.#emails())}
      ${session.isImpersonating ? nothing : card(t("language.title"), t("language.hint"), languageChoice())}
      ${card(t("settings.appearance"), t("settings.device"), themeChoice())}
      ${session.isImpersonating ? nothing : [accountCard(), dataCard(), deleteCard(this.#delete)]}
      ${versionNote()}
    </div>`;
  }

  #emails() {
    const retry = () => this.#loadLater();
    const isMissing = this.lateError && !customElements.get("unread-emails");
    return isMissing ? errorState({ error: this.lateError, retry }) : html`<unread-emails></unread-emails>`;
  }

  #delete = async () => {
    if (!this.deletion) await this.#loadLater();
    if (this.deletion) await this.deletion.askToDeleteAccount();
    else toast(t("error.unreachable"));
  };
}

function readOnlyNote() {
  return card(t("settings.readOnly"), t("settings.readOnlyHint"), nothing);
}

function ownSettings(emails) {
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
    ${card(t("emails.title"), t("emails.hint"), emails)}
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
