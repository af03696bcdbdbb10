import { html } from "lit";
import { requestPasswordReset } from "../core/endpoints.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../ui/title.js";
import { authPage } from "./auth-page.js";

/** Have a link e-mailed with which somebody sets a new password. */
class ForgotPasswordScreen extends Element {
  #form = new Form(this, ({ email }) => this.#request(email));

  connectedCallback() {
    super.connectedCallback();
    setTitle("Forgotten password");
  }

  render() {
    return authPage({
      title: "Forgotten password",
      text: "We send you a link with which you choose a new one.",
      body: this.#body(),
      links: html`<a href="/sign-in">Back to sign in</a>`,
    });
  }

  #body() {
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <text-field
        label="Email"
        name="email"
        type="email"
        autocomplete="username"
        required
        error=${this.#form.errorOf("email")}
      ></text-field>
      ${formStatus(this.#form)}
      ${submitButton(this.#form, "Send link", "button button-primary button-wide")}
    </form>`;
  }

  /** The server answers the same for an unknown address, so this must not promise more. */
  async #request(email) {
    await requestPasswordReset(email);
    return `If there is an account for ${email}, a link is on its way to it.`;
  }
}

customElements.define("forgot-password-screen", ForgotPasswordScreen);
