import { html } from "lit";
import { setPassword } from "../../core/endpoints.js";
import { session } from "../../core/session.js";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";
import "../../ui/field.js";
import { Form, formStatus, submitButton } from "../../ui/form.js";
import { toast } from "../../ui/toast.js";

/** Change the user's password. */
class PasswordForm extends Element {
  #form = new Form(this, (values, form) => this.#change(values, form));

  render() {
    // Password managers need the user name in the form.
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <input type="text" autocomplete="username" .value=${session.user?.email ?? ""} hidden />
      ${this.#field(t("password.current"), "current_password", "current-password")}
      ${this.#field(t("field.newPassword"), "new_password", "new-password")}
      ${formStatus(this.#form)}
      <div class="form-actions">${submitButton(this.#form, t("password.change"), "button")}</div>
    </form>`;
  }

  #field(label, name, autocomplete) {
    return html`<text-field
      label=${label}
      name=${name}
      type="password"
      autocomplete=${autocomplete}
      maxlength="128"
      required
      error=${this.#form.errorOf(name)}
    ></text-field>`;
  }

  async #change({ current_password, new_password }, form) {
    await setPassword(current_password, new_password);
    form.reset();
    toast(t("password.done"));
  }
}

customElements.define("password-form", PasswordForm);
