import { html, nothing } from "lit";
import { icon } from "./icons.js";

/**
 * Drive a form of a Lit element: one request at a time, and errors where they belong.
 *
 * `action(values, form)` does the work; the sentence that it returns is shown as done. ApiErrors go
 * to their fields, the first of which gets the focus, or under the form; 429 counts down.
 */
export class Form {
  isBusy = false;
  done = "";
  #host;
  #action;
  #errors = {};
  #error = null;
  #waitUntil = 0;
  #ticking = 0;

  constructor(host, action) {
    this.#host = host;
    this.#action = action;
    host.addController(this);
  }

  hostDisconnected() {
    clearTimeout(this.#ticking);
  }

  /** Listen to the form's "submit" with it. */
  submit = async (event) => {
    event.preventDefault();
    if (this.isBusy || this.waitSeconds > 0) return;
    const form = event.target;
    this.#errors = whatIsMissing(form);
    this.#error = null;
    this.done = "";
    if (Object.keys(this.#errors).length === 0) await this.#run(form);
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    this.#focusFirstError(form);
  };

  /** Return what is wrong with a field, or "". */
  errorOf(name) {
    return this.#errors[name]?.join(" ") ?? "";
  }

  get error() {
    if (this.waitSeconds > 0) {
      const unit = this.waitSeconds === 1 ? "second" : "seconds";
      return `Too many attempts. Try again in ${this.waitSeconds} ${unit}.`;
    }
    return this.#error?.message ?? "";
  }

  /** How long the server wants to be left alone, in whole seconds. */
  get waitSeconds() {
    return Math.max(0, Math.ceil((this.#waitUntil - Date.now()) / 1000));
  }

  async #run(form) {
    this.isBusy = true;
    this.#host.requestUpdate();
    try {
      this.done = (await this.#action(Object.fromEntries(new FormData(form)), form)) ?? "";
    } catch (error) {
      this.#take(error, form);
    } finally {
      this.isBusy = false;
    }
  }

  #take(error, form) {
    if (error.status === undefined) throw error; // a bug of ours, not an answer of the API
    if (error.status === 429) return this.#wait(error.retryAfter ?? 60);
    const fields = Object.entries(error.fields ?? {});
    this.#errors = Object.fromEntries(fields.filter(([name]) => form.elements[name]));
    const areAllShown = fields.every(([name]) => name in this.#errors);
    if (fields.length === 0 || !areAllShown) this.#error = error;
  }

  #wait(seconds) {
    this.#waitUntil = Date.now() + seconds * 1000;
    this.#tick();
  }

  #tick() {
    this.#host.requestUpdate();
    if (this.waitSeconds === 0) return;
    this.#ticking = setTimeout(() => this.#tick(), 1000);
  }

  #focusFirstError(form) {
    const names = Object.keys(this.#errors);
    [...form.elements].find((input) => names.includes(input.name))?.focus();
  }
}

/** Check what HTML knows of the inputs, in our words: the browser's are in its own language. */
function whatIsMissing(form) {
  const wrong = [...form.elements].filter((input) => input.name && !input.validity.valid);
  return Object.fromEntries(wrong.map((input) => [input.name, [sentence(input.validity)]]));
}

function sentence({ valueMissing }) {
  return valueMissing ? "Please fill this in." : "This does not look like an email address.";
}

/** Write under a form what went wrong or well. */
export function formStatus(form) {
  return html`
    <div class="form-status" role="alert">
      ${form.error ? html`<p class="form-error">${form.error}</p>` : nothing}
    </div>
    <div class="form-status" role="status">
      ${form.done
        ? html`<p class="form-done">${icon("check", { small: true })} ${form.done}</p>`
        : nothing}
    </div>
  `;
}

/** Draw the button of a form; it keeps the focus, and does nothing, while a request runs. */
export function submitButton(form, label, classes = "button button-primary") {
  const isOff = form.isBusy || form.waitSeconds > 0;
  return html`<button type="submit" class=${classes} aria-disabled=${isOff ? "true" : nothing}>
    ${label}
  </button>`;
}
