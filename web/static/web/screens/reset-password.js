import { html } from "lit";
import { confirmPasswordReset } from "../core/endpoints.js";
import { router } from "../core/router.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../ui/title.js";
import { toast } from "../ui/toast.js";
import { authPage, linkParameters } from "./auth-page.js";

/** Set a new password with the e-mailed link. */
class ResetPasswordScreen extends Element {
  #link = linkParameters();
  #form = new Form(this, ({ new_password }) => this.#confirm(new_password));

  connectedCallback() {
    super.connectedCallback();
    setTitle("New password");
  }

  render() {
    const isWhole = this.#link.uid && this.#link.token;
    return authPage({
      title: "New password",
      text: isWhole ? "You will be signed out on all your devices." : "This link is not complete.",
      body: isWhole ? this.#body() : this.#incomplete(),
      links: html`<a href="/sign-in">Back to sign in</a>`,
    });
  }

  #body() {
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <text-field
        label="New password"
        name="new_password"
        type="password"
        autocomplete="new-password"
        required
        maxlength="128"
        error=${this.#form.errorOf("new_password")}
      ></text-field>
      ${formStatus(this.#form)}
      ${submitButton(this.#form, "Set password", "button button-primary button-wide")}
    </form>`;
  }

  #incomplete() {
    return html`<p>
      Open the link from the email again, all of it, or
      <a href="/forgot-password">have a new one sent</a>.
    </p>`;
  }

  async #confirm(newPassword) {
    await confirmPasswordReset({ ...this.#link, newPassword });
    toast("Your password is set. Sign in with it.");
    router.navigate("/sign-in", { replace: true });
  }
}

customElements.define("reset-password-screen", ResetPasswordScreen);
