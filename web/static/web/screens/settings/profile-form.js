import { html, nothing } from "lit";
import { updateMe } from "../../core/endpoints.js";
import { session } from "../../core/session.js";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";
import "../../ui/field.js";
import { Form, formStatus, submitButton } from "../../ui/form.js";
import { toast } from "../../ui/toast.js";

/** Change the user's names and, for trainers, the business name. */
class ProfileForm extends Element {
  #form = new Form(this, (values) => this.#save(values));

  render() {
    const isTrainer = session.user?.role === "TRAINER";
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <div class="field-pair">
        ${this.#field(t("field.firstName"), "first_name", "given-name")}
        ${this.#field(t("field.lastName"), "last_name", "family-name")}
      </div>
      ${isTrainer ? this.#businessField() : nothing}
      ${formStatus(this.#form)}
      <div class="form-actions">${submitButton(this.#form, t("profile.save"))}</div>
    </form>`;
  }

  #businessField() {
    return this.#field(t("profile.business"), "business_name", "organization", 200);
  }

  #field(label, name, autocomplete, maxlength = 150) {
    return html`<text-field
      label=${label}
      name=${name}
      autocomplete=${autocomplete}
      maxlength=${maxlength}
      .value=${session.user?.[name] ?? ""}
      error=${this.#form.errorOf(name)}
    ></text-field>`;
  }

  async #save(values) {
    session.setUser(await updateMe(values));
    toast(t("profile.saved"));
  }
}

customElements.define("profile-form", ProfileForm);
