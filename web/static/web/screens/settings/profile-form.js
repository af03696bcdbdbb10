import { html, nothing } from "lit";
import { updateMe } from "../../core/endpoints.js";
import { session } from "../../core/session.js";
import { Element } from "../../ui/element.js";
import "../../ui/field.js";
import { Form, formStatus, submitButton } from "../../ui/form.js";

/** Change one's own names and, for a trainer, that of the business. */
class ProfileForm extends Element {
  #form = new Form(this, (values) => this.#save(values));

  render() {
    const isTrainer = session.user?.role === "TRAINER";
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <div class="field-pair">
        ${this.#field("First name", "first_name", "given-name")}
        ${this.#field("Last name", "last_name", "family-name")}
      </div>
      ${isTrainer ? this.#field("Business name", "business_name", "organization", 200) : nothing}
      ${formStatus(this.#form)}
      <div class="form-actions">${submitButton(this.#form, "Save profile")}</div>
    </form>`;
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
    return "Saved.";
  }
}

customElements.define("profile-form", ProfileForm);
