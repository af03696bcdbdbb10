import { html, nothing } from "lit";
import { session } from "../core/session.js";
import { t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../live/badge.js";
import { authPage } from "./auth-page.js";
import { noticeBlockedStorage } from "./sign-in-notice.js";

const WHY_ENDED = {
  refused: t("signIn.expired"),
  elsewhere: t("signIn.elsewhere"),
  deleted: t("signIn.deleted"),
};

/** The sign-in form. After the sign-in, core/redirects.js goes to the next screen. */
class SignInScreen extends Element {
  #form = new Form(this, (values) => this.#signIn(values));

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("signIn.submit"));
  }

  render() {
    return authPage({
      title: t("signIn.title"),
      text: t("signIn.text"),
      body: this.#body(),
      links: html`<a href="/forgot-password">${t("forgot.title")}</a>`,
    });
  }

  #body() {
    const why = WHY_ENDED[session.endReason];
    return html`
      ${why ? html`<p class="field-hint" role="status">${why}</p>` : nothing}
      <form class="form" novalidate @submit=${this.#form.submit}>
        <text-field
          label=${t("field.email")}
          name="email"
          type="email"
          autocomplete="username"
          required
          error=${this.#form.errorOf("email")}
        ></text-field>
        <text-field
          label=${t("field.password")}
          name="password"
          type="password"
          autocomplete="current-password"
          required
          error=${this.#form.errorOf("password")}
        ></text-field>
        ${formStatus(this.#form)}
        ${submitButton(this.#form, t("signIn.submit"), "button button-primary button-wide")}
      </form>
    `;
  }

  async #signIn({ email, password }) {
    await session.signIn(email, password);
    noticeBlockedStorage();
  }
}

customElements.define("sign-in-screen", SignInScreen);
