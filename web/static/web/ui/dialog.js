import { html, nothing } from "lit";
import { session } from "../core/session.js";
import { isTypeable, normalizeTyped } from "../text/typeable.js";
import { Element } from "./element.js";
import "./field.js";
import { Form, formStatus, submitButton } from "./form.js";

/**
 * Ask before something that cannot be taken back; resolve to whether it was done.
 *
 * `act` does it, while the dialog is open: what goes wrong is said there. With `typed`, people have
 * to write one of those words first: the first that has letters, or another if they cannot.
 */
export function confirm({ title, text, label, isDangerous = false, typed = [], act }) {
  const dialog = document.createElement("app-dialog");
  const words = typed.filter(normalizeTyped);
  Object.assign(dialog, { heading: title, text, label, isDangerous, words, act });
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
    // So that the focus goes to the first field, not to Cancel.
    await this.querySelector("text-field")?.updateComplete;
    this.querySelector("dialog").showModal();
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
        ${this.words.length ? this.#field(...this.words) : nothing} ${formStatus(this.#form)}
        <div class="form-actions">
          <button type="button" class="button button-quiet" @click=${this.#close}>Cancel</button>
          ${submitButton(this.#form, this.label, this.#classes)}
        </div>
      </form>
    </dialog>`;
  }

  #field(wanted, other) {
    return html`<text-field
      .label=${html`Type “<bdi>${wanted}</bdi>” to confirm`}
      name="typed"
      autocomplete="off"
      autocapitalize="off"
      hint=${other && !isTypeable(wanted) ? `Or “${other}”, if you cannot type that.` : ""}
      required
      error=${this.#form.errorOf("typed")}
    ></text-field>`;
  }

  get #classes() {
    return this.isDangerous ? "button button-danger" : "button button-primary";
  }

  async #act({ typed = "" }) {
    const isTyped = this.words.some((words) => normalizeTyped(words) === normalizeTyped(typed));
    if (this.words.length && !isTyped) throw new Mistyped(this.words[0]);
    await this.act();
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

/** Have the shape of an API error, for the form to show it at the field. */
class Mistyped extends Error {
  status = 400;

  constructor(expected) {
    super();
    this.fields = { typed: [`Please type “${expected}”.`] };
  }
}

customElements.define("app-dialog", AppDialog);
