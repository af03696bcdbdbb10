import { html, nothing } from "lit";
import { router } from "../../core/router.js";
import { findFirstMessage } from "../../live/first-message-of-day.js";
import { dayKey } from "../../text/time.js";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";

/** A date field, which begins with `day`, and opens a conversation at the first message of that day. */
class DateJump extends Element {
  static properties = {
    conversation: { attribute: false },
    day: { attribute: false },
    isLoading: { state: true },
    error: { state: true },
  };

  render() {
    return html`<form class="date-jump" @submit=${this.#submit}>
      <label class="visually-hidden" for="date-jump-day">${t("search.date")}</label>
      <input
        id="date-jump-day"
        name="day"
        type="date"
        required
        max=${dayKey(new Date())}
        value=${this.day ?? nothing}
        aria-describedby="date-jump-error"
      />
      <button class="button button-small" aria-disabled=${this.isLoading ? "true" : "false"}>
        ${t("search.goToDate")}
      </button>
      ${this.error
        ? html`<p class="field-error" id="date-jump-error" role="alert">${this.error}</p>`
        : nothing}
    </form>`;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.isLoading) return;
    this.isLoading = true;
    this.error = null;
    const day = new FormData(event.target).get("day");
    try {
      this.#open(await findFirstMessage(this.conversation.id, day));
    } catch (error) {
      this.error = error.message;
    }
    this.isLoading = false;
  }

  #open(messageId) {
    if (!this.isConnected) return;
    const { id, is_archived: isArchived } = this.conversation;
    const path = `/messages/${isArchived ? "archived/" : ""}${id}`;
    if (messageId) router.navigate(`${path}?message=${messageId}`);
    this.dispatchEvent(new Event("done"));
  }
}

customElements.define("date-jump", DateJump);
