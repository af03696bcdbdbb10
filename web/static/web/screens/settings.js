import { html, nothing } from "lit";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { signOut } from "../ui/sign-out.js";
import { setTitle } from "../ui/title.js";
import "./settings/notification-switch.js";
import "./settings/password-form.js";
import "./settings/picture-field.js";
import "./settings/profile-form.js";
import { themeChoice } from "./settings/theme-choice.js";

/** Let people say who they are, and how the client behaves on this device. */
class SettingsScreen extends Element {
  constructor() {
    super();
    new StoreController(this, session);
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle("Settings");
  }

  render() {
    if (!session.user) return nothing; // signing out
    return html`<div class="page">
      <header class="page-header"><h1>Settings</h1></header>
      ${session.isImpersonating ? lookNote() : ownSettings()}
      ${card("Appearance", "On this device.", themeChoice())}
      ${session.isImpersonating ? nothing : accountCard()}
    </div>`;
  }
}

function lookNote() {
  return card(
    "Nothing can be changed now",
    "While you look through somebody’s account, their settings stay as they are.",
    nothing,
  );
}

function ownSettings() {
  return html`
    ${card(
      "Profile",
      `You sign in as ${session.user.email}.`,
      html`<picture-field></picture-field><profile-form></profile-form>`,
    )}
    ${card("Notifications", "On this device.", html`<notification-switch></notification-switch>`)}
    ${card(
      "Password",
      "A new one signs you out everywhere else.",
      html`<password-form></password-form>`,
    )}
  `;
}

/** Phones have no room for this in the navigation. */
function accountCard() {
  return html`<section class="card card-padded phones-only">
    <button type="button" class="button button-wide" @click=${signOut}>
      ${icon("sign-out", { small: true })} Sign out
    </button>
  </section>`;
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
