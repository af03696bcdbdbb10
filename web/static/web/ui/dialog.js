import { html, nothing } from "lit";
import { session } from "../core/session.js";
import { parts, t } from "../text/translate.js";
import { isTypeable, normalizeTyped } from "../text/typeable.js";
import { Element } from "./element.js";
import "./field.js";
import { Form, formStatus, submitButton } from "./form.js";

/**
 * Ask for confirmation of an irreversible action; resolve to whether it was done.
 *
 * `act(values)` runs while the dialog is open, with the values of its fields, and the dialog shows its
 * errors. `body(form)` renders further fields. With `typed`, the user has to type one of these texts;
 * those without letters or digits are ignored. The dialog asks for the first, and also offers the
 * second if not every keyboard can type the first.
 */
export function confirm({ title, text, label, isDangerous = false, typed = [], body = null, act }) {
  const dialog = document.createElement("app-dialog");
  const words = typed.filter(normalizeTyped);
  Object.assign(dialog, { heading: title, text, label, isDangerous, words, body, act });
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("answer", ({ detail }) => resolve(detail), { once: true });
  });
}

class AppDialog extends Element {
  #wasDone = false;
  #form = new Form(this, (values) => this.#act(values));

  connectedCallback() {
    super.connectedCallback();
    session.addEventListener("ended", this.#close);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    session.removeEventListener("ended", this.#close);
  }

  async firstUpdated() {
    // showModal() then focuses the field instead of Cancel.
    await this.querySelector("text-field")?.updateComplete;
    const dialog = this.querySelector("dialog");
    dialog.showModal();
    dialog.scrollTop = 0; // with large text, the focused field is far below the question
  }

  render() {
    return html`<dialog
      class="dialog"
      aria-labelledby="dialog-title"
      aria-describedby="dialog-text"
      @close=${this.#answer}
      @click=${this.#closeOutside}
    >
      <form class="form" novalidate @submit=${this.#form.submit}>
        <h2 id="dialog-title">${this.heading}</h2>
        <p id="dialog-text">${this.text}</p>
        ${this.words.length ? this.#field(...this.words) : nothing}
        ${this.body?.(this.#form) ?? nothing} ${formStatus(this.#form)}
        <div class="form-actions">
          <button type="button" class="button button-quiet" @click=${this.#close}>
            ${t("dialog.cancel")}
          </button>
          ${submitButton(this.#form, this.label, this.#classes)}
        </div>
      </form>
    </dialog>`;
  }

  #field(wanted, other) {
    return html`<text-field
      .label=${parts("dialog.type", { words: html`<bdi>${wanted}</bdi>` })}
      name="typed"
      autocomplete="off"
      autocapitalize="off"
      hint=${other && !isTypeable(wanted) ? t("dialog.typeOther", { words: other }) : ""}
      required
      error=${this.#form.errorOf("typed")}
    ></text-field>`;
  }

  get #classes() {
    return this.isDangerous ? "button button-danger" : "button button-primary";
  }

  async #act({ typed = "", ...values }) {
    const isTyped = this.words.some((words) => normalizeTyped(words) === normalizeTyped(typed));
    if (this.words.length && !isTyped) throw new Mistyped(this.words[0]);
    await this.act(values);
    this.#wasDone = true;
    this.#close();
  }

  #close = () => this.querySelector("dialog").close();

  #closeOutside(event) {
    if (event.target.localName === "dialog") this.#close();
  }

  #answer() {
    this.remove();
    this.dispatchEvent(new CustomEvent("answer", { detail: this.#wasDone }));
  }
}

/** An error with the shape of an ApiError, so that the form shows it at the field. */
class Mistyped extends Error {
  status = 400;

  constructor(expected) {
    super();
    this.fields = { typed: [t("dialog.mistyped", { words: expected })] };
  }
}

customElements.define("app-dialog", AppDialog);
