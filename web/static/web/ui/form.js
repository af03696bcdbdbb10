import { html, nothing } from "lit";
import { waitSeconds } from "../core/retry.js";
import { t } from "../text/translate.js";
import { icon } from "./icons.js";

/**
 * Controls a form of a Lit element: one request at a time, with errors at their fields.
 *
 * `action(values, form)` submits the form and can return a success message. An ApiError is shown at
 * its fields, and the first is focused; an error without fields is shown below the form. A 429
 * starts a countdown.
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

  /** The listener for the form's "submit". */
  submit = async (event) => {
    event.preventDefault();
    if (this.isBusy || this.waitSeconds > 0) return;
    const form = event.target;
    this.#errors = validationErrors(form);
    this.#error = null;
    this.done = "";
    if (Object.keys(this.#errors).length === 0) await this.#run(form);
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    this.#focusFirstError(form);
  };

  /** Return the error of a field, or "". */
  errorOf(name) {
    return this.#errors[name]?.join(" ") ?? "";
  }

  get error() {
    if (this.waitSeconds > 0) {
      return t("error.wait", { count: this.waitSeconds });
    }
    return this.#error?.message ?? "";
  }

  /** Whole seconds until the server accepts the next attempt. */
  get waitSeconds() {
    return Math.max(0, Math.ceil((this.#waitUntil - performance.now()) / 1000));
  }

  async #run(form) {
    this.isBusy = true;
    this.#host.requestUpdate();
    try {
      this.done = (await this.#action(Object.fromEntries(new FormData(form)), form)) ?? "";
      form.dispatchEvent(new Event("saved", { bubbles: true }));
    } catch (error) {
      this.#take(error, form);
    } finally {
      this.isBusy = false;
    }
  }

  #take(error, form) {
    if (error.status === undefined) throw error; // a bug, not an ApiError
    if (error.status === 429) return this.#wait(waitSeconds(error));
    const fields = Object.entries(error.fields ?? {});
    this.#errors = Object.fromEntries(fields.filter(([name]) => form.elements[name]));
    const areAllShown = fields.every(([name]) => name in this.#errors);
    if (fields.length === 0 || !areAllShown) this.#error = error;
  }

  #wait(seconds) {
    this.#waitUntil = performance.now() + seconds * 1000;
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

/** Validate the inputs with our texts, because the browser's texts are in its own language. */
function validationErrors(form) {
  const wrong = [...form.elements].filter((input) => input.name && !input.validity.valid);
  return Object.fromEntries(wrong.map((input) => [input.name, [sentence(input.validity)]]));
}

function sentence({ valueMissing }) {
  return valueMissing ? t("form.required") : t("form.email");
}

/** Render the error or success message below a form. */
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

/** Render the submit button; during a request it keeps the focus but does nothing. */
export function submitButton(form, label, classes = "button button-primary") {
  const isOff = form.isBusy || form.waitSeconds > 0;
  return html`<button type="submit" class=${classes} aria-disabled=${isOff ? "true" : nothing}>
    ${label}
  </button>`;
}
