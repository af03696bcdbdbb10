import { html } from "lit";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../live/badge.js";
import { authPage, linkParameters } from "./auth-page.js";
import { noticeBlockedStorage } from "./sign-in-notice.js";

/** Accept an emailed invitation, and sign in. */
class JoinScreen extends Element {
  #code = linkParameters().code;
  #form = new Form(this, (values) => this.#join(values));

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("join.title"));
  }

  render() {
    return authPage({
      title: t("join.title"),
      text: this.#code ? t("join.text") : t("link.incomplete"),
      body: this.#code ? this.#body() : this.#incomplete(),
      links: html`<a href="/sign-in">${t("join.haveAccount")}</a>`,
    });
  }

  #body() {
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <div class="field-pair">
        ${this.#nameField(t("field.firstName"), "first_name", "given-name")}
        ${this.#nameField(t("field.lastName"), "last_name", "family-name")}
      </div>
      <text-field
        label=${t("field.password")}
        name="password"
        type="password"
        autocomplete="new-password"
        hint=${t("join.passwordHint")}
        required
        maxlength="128"
        error=${this.#form.errorOf("password")}
      ></text-field>
      ${formStatus(this.#form)}
      ${submitButton(this.#form, t("join.submit"), "button button-primary button-wide")}
    </form>`;
  }

  #nameField(label, name, autocomplete) {
    return html`<text-field
      label=${label}
      name=${name}
      autocomplete=${autocomplete}
      required
      maxlength="150"
      error=${this.#form.errorOf(name)}
    ></text-field>`;
  }

  #incomplete() {
    return html`<p>${t("join.incomplete")}</p>`;
  }

  async #join(values) {
    await session.join({ ...values, code: this.#code });
    noticeBlockedStorage();
    router.navigate("/messages", { replace: true });
  }
}

customElements.define("join-screen", JoinScreen);
