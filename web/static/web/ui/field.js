import { html, ifDefined, nothing } from "lit";
import { t } from "../text/translate.js";
import { Element } from "./element.js";

let fields = 0;

/**
 * A labelled text input with hint and error, associated for screen readers.
 *
 * The input belongs to the <form> around it. `value` is the initial value; `rows` makes it a
 * <textarea>; a password can be revealed.
 */
class TextField extends Element {
  static properties = {
    label: {},
    name: {},
    type: {},
    value: {},
    hint: {},
    error: {},
    autocomplete: {},
    inputmode: {},
    autocapitalize: {},
    maxlength: { type: Number },
    rows: { type: Number },
    required: { type: Boolean },
    revealed: { state: true },
  };

  constructor() {
    super();
    this.type = "text";
    this.value = "";
    this.key = `field-${++fields}`;
  }

  connectedCallback() {
    super.connectedCallback();
    this.classList.add("field");
  }

  focus() {
    this.querySelector(".input").focus();
  }

  render() {
    return html`
      <label class="field-label" for=${this.key}>${this.label}</label>
      ${this.#control()} ${this.#note("hint", this.hint)} ${this.#note("error", this.error)}
    `;
  }

  #control() {
    if (this.type === "password") return this.#password();
    return this.rows ? this.#box() : this.#input();
  }

  #note(kind, text) {
    if (!text) return nothing;
    return html`<p class="field-${kind}" id="${this.key}-${kind}">${text}</p>`;
  }

  #input(type = this.type) {
    return html`<input
      class="input"
      id=${this.key}
      name=${this.name}
      type=${type}
      dir=${this.type === "password" ? nothing : "auto"}
      .value=${this.value ?? ""}
      ?required=${this.required}
      maxlength=${ifDefined(this.maxlength)}
      autocomplete=${ifDefined(this.autocomplete)}
      inputmode=${ifDefined(this.inputmode)}
      autocapitalize=${ifDefined(this.autocapitalize)}
      aria-invalid=${this.error ? "true" : nothing}
      aria-describedby=${this.#describedBy}
    />`;
  }

  #box() {
    return html`<textarea
      class="input"
      id=${this.key}
      name=${this.name}
      rows=${this.rows}
      dir="auto"
      .value=${this.value ?? ""}
      ?required=${this.required}
      maxlength=${ifDefined(this.maxlength)}
      aria-invalid=${this.error ? "true" : nothing}
      aria-describedby=${this.#describedBy}
    ></textarea>`;
  }

  #password() {
    const reveal = () => (this.revealed = !this.revealed);
    return html`<div class="input-wrap">
      ${this.#input(this.revealed ? "text" : "password")}
      <button type="button" class="link-button" aria-label=${this.#revealLabel} @click=${reveal}>
        ${this.revealed ? t("field.hide") : t("field.show")}
      </button>
    </div>`;
  }

  get #revealLabel() {
    const { label } = this;
    return this.revealed ? t("field.hideLabel", { label }) : t("field.showLabel", { label });
  }

  get #describedBy() {
    const parts = [this.hint && `${this.key}-hint`, this.error && `${this.key}-error`];
    return parts.filter(Boolean).join(" ") || nothing;
  }
}

customElements.define("text-field", TextField);
