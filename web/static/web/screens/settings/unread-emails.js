import { html, nothing } from "lit";
import { changeEmailPreferences, getEmailPreferences } from "../../core/email-endpoints.js";
import { t } from "../../text/translate.js";
import { AutoRetry } from "../../ui/auto-retry.js";
import { Element } from "../../ui/element.js";

/** Choose when the user gets an email about messages that they have not read. It is saved at once. */
class UnreadEmails extends Element {
  static properties = {
    preferences: { state: true },
    wanted: { state: true },
    loadError: { state: true },
    error: { state: true },
  };

  #isSaving = false;

  constructor() {
    super();
    new AutoRetry(this, { errorOf: () => this.loadError, retry: () => this.#load() });
  }

  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  render() {
    const message = this.error || this.loadError?.message;
    return html`<div class="form">
      <fieldset class="choices" ?disabled=${!this.preferences}>
        <legend class="visually-hidden">${t("emails.label")}</legend>
        ${this.#choice("off", t("emails.off"))} ${this.#choice("hour", t("emails.hour"))}
        ${this.#choice("day", t("emails.day"))}
      </fieldset>
      <div class="form-status" role="alert">
        ${message ? html`<p class="form-error">${message}</p>` : nothing}
      </div>
      ${this.preferences?.is_silenced
        ? html`<p class="field-hint">${t("emails.silenced")}</p>`
        : nothing}
    </div>`;
  }

  updated() {
    // The browser has checked another one, if the choice could not be saved.
    for (const input of this.querySelectorAll("input")) input.checked = input.value === this.#shown;
  }

  /** The choice to show: the one that is being saved, else the one that the server has. */
  get #shown() {
    return this.wanted ?? this.preferences?.unread_messages;
  }

  #choice(value, label) {
    return html`<label class="choice">
      <input
        type="radio"
        name="unread-emails"
        value=${value}
        .checked=${this.#shown === value}
        @change=${() => this.#choose(value)}
      />
      ${label}
    </label>`;
  }

  async #choose(value) {
    this.wanted = value;
    this.error = "";
    if (this.#isSaving) return;
    this.#isSaving = true;
    try {
      await this.#save();
    } catch (error) {
      if (error.status === undefined) throw error; // a bug, not an ApiError
      this.error = t("emails.notSaved", { reason: error.message });
    } finally {
      this.#isSaving = false;
      this.wanted = null;
    }
  }

  /** Save what is wanted, one request after the other: the server could store two in any order. */
  async #save() {
    let sent = null;
    while (sent !== this.wanted) {
      sent = this.wanted;
      this.preferences = await changeEmailPreferences({ unread_messages: sent });
    }
  }

  async #load() {
    try {
      this.preferences = await getEmailPreferences();
      this.loadError = null;
    } catch (error) {
      if (error.status === undefined) throw error;
      this.loadError = error;
    }
  }
}

customElements.define("unread-emails", UnreadEmails);
