import { html, nothing } from "lit";
import { session } from "../core/session.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../ui/title.js";
import { authPage } from "./auth-page.js";

const WHY_ENDED = {
  refused: "Your sign-in has ended. Please sign in again.",
  elsewhere: "You have signed out in another tab.",
};

/** Let people in; where they go then is core/redirects.js's affair. */
class SignInScreen extends Element {
  #form = new Form(this, ({ email, password }) => session.signIn(email, password));

  connectedCallback() {
    super.connectedCallback();
    setTitle("Sign in");
  }

  render() {
    return authPage({
      title: "Welcome back",
      text: "Sign in to read your messages.",
      body: this.#body(),
      links: html`<a href="/forgot-password">Forgot your password?</a>`,
    });
  }

  #body() {
    const why = WHY_ENDED[session.endReason];
    return html`
      ${why ? html`<p class="field-hint" role="status">${why}</p>` : nothing}
      <form class="form" novalidate @submit=${this.#form.submit}>
        <text-field
          label="Email"
          name="email"
          type="email"
          autocomplete="username"
          required
          error=${this.#form.errorOf("email")}
        ></text-field>
        <text-field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          error=${this.#form.errorOf("password")}
        ></text-field>
        ${formStatus(this.#form)}
        ${submitButton(this.#form, "Sign in", "button button-primary button-wide")}
      </form>
    `;
  }
}

customElements.define("sign-in-screen", SignInScreen);
