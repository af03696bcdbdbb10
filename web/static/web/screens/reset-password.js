import { html } from "lit";
import { confirmPasswordReset } from "../core/endpoints.js";
import { router } from "../core/router.js";
import "../text/later.js";
import { parts, t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../live/badge.js";
import { toast } from "../ui/toast.js";
import { authPage, linkParameters } from "./auth-page.js";

/** Set a new password with the emailed link. */
class ResetPasswordScreen extends Element {
  #link = linkParameters();
  #form = new Form(this, ({ new_password }) => this.#confirm(new_password));

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("reset.title"));
  }

  render() {
    const isWhole = this.#link.uid && this.#link.token;
    return authPage({
      title: t("reset.title"),
      text: isWhole ? t("reset.text") : t("link.incomplete"),
      body: isWhole ? this.#body() : this.#incomplete(),
      links: html`<a href="/sign-in">${t("nav.toSignIn")}</a>`,
    });
  }

  #body() {
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <text-field
        label=${t("field.newPassword")}
        name="new_password"
        type="password"
        autocomplete="new-password"
        required
        maxlength="128"
        error=${this.#form.errorOf("new_password")}
      ></text-field>
      ${formStatus(this.#form)}
      ${submitButton(this.#form, t("reset.submit"), "button button-primary button-wide")}
    </form>`;
  }

  #incomplete() {
    const link = html`<a href="/forgot-password">${t("reset.again")}</a>`;
    return html`<p>${parts("reset.incomplete", { link })}</p>`;
  }

  async #confirm(newPassword) {
    await confirmPasswordReset({ ...this.#link, newPassword });
    toast(t("reset.done"));
    router.navigate("/sign-in", { replace: true });
  }
}

customElements.define("reset-password-screen", ResetPasswordScreen);
