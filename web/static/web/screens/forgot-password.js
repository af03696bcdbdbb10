import { html } from "lit";
import { requestPasswordReset } from "../core/endpoints.js";
import "../text/later.js";
import { t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../live/badge.js";
import { authPage } from "./auth-page.js";

/** Request an email with a link to set a new password. */
class ForgotPasswordScreen extends Element {
  #form = new Form(this, ({ email }) => this.#request(email));

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("forgot.title"));
  }

  render() {
    return authPage({
      title: t("forgot.title"),
      text: t("forgot.text"),
      body: this.#body(),
      links: html`<a href="/sign-in">${t("nav.toSignIn")}</a>`,
    });
  }

  #body() {
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <text-field
        label=${t("field.email")}
        name="email"
        type="email"
        autocomplete="username"
        required
        error=${this.#form.errorOf("email")}
      ></text-field>
      ${formStatus(this.#form)}
      ${submitButton(this.#form, t("forgot.send"), "button button-primary button-wide")}
    </form>`;
  }

  /** The response does not reveal whether the account exists, and neither may this text. */
  async #request(email) {
    await requestPasswordReset(email);
    return t("forgot.done", { email });
  }
}

customElements.define("forgot-password-screen", ForgotPasswordScreen);
