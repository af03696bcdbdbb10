import { html } from "lit";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { setTitle } from "../ui/title.js";
import { authPage, linkParameters } from "./auth-page.js";

/** Join a trainer with the e-mailed invitation, and be signed in. */
class JoinScreen extends Element {
  #code = linkParameters().code;
  #form = new Form(this, (values) => this.#join(values));

  connectedCallback() {
    super.connectedCallback();
    setTitle("Join your trainer");
  }

  render() {
    return authPage({
      title: "Join your trainer",
      text: this.#code ? "Two things, and you can talk." : "This link is not complete.",
      body: this.#code ? this.#body() : this.#incomplete(),
      links: html`<a href="/sign-in">I have an account already</a>`,
    });
  }

  #body() {
    return html`<form class="form" novalidate @submit=${this.#form.submit}>
      <div class="field-pair">
        ${this.#nameField("First name", "first_name", "given-name")}
        ${this.#nameField("Last name", "last_name", "family-name")}
      </div>
      <text-field
        label="Password"
        name="password"
        type="password"
        autocomplete="new-password"
        hint="If you have been a trainee here before, the password of then."
        required
        maxlength="128"
        error=${this.#form.errorOf("password")}
      ></text-field>
      ${formStatus(this.#form)}
      ${submitButton(this.#form, "Join", "button button-primary button-wide")}
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
    return html`<p>
      Open the link from the email again, all of it, or ask your trainer for another.
    </p>`;
  }

  async #join(values) {
    await session.join({ ...values, code: this.#code });
    router.navigate("/messages", { replace: true });
  }
}

customElements.define("join-screen", JoinScreen);
