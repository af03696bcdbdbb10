import { html, nothing } from "lit";
import { changes } from "../../live/changes.js";
import { codePoints, isSendable, MAX_LENGTH, trimmed } from "../../text/length.js";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { toast } from "../../ui/toast.js";
import { quoteContent } from "./parts/quote.js";

// A double click, or an Enter that is held, must not send the draft that comes back after an edit.
const PAUSE_MS = 500;

/**
 * What a composer is for besides new messages: an answer to a message, or the edit of one.
 *
 * It ends by itself when the message is deleted, so that its text is not seen or sent again.
 */
export class ComposerMode {
  #host;
  #kind = null;
  #id = null;
  #savedAt = -PAUSE_MS;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  get isActive() {
    return this.#kind !== null;
  }

  get isEdit() {
    return this.#kind === "edit";
  }

  get hasJustSaved() {
    return !this.isEdit && performance.now() - this.#savedAt < PAUSE_MS;
  }

  /** The id of the message that is answered, or null. */
  get replyTo() {
    return this.#kind === "reply" ? this.#id : null;
  }

  start(kind, id) {
    this.#kind = kind;
    this.#id = id;
    this.#host.requestUpdate();
  }

  end() {
    this.start(null, null);
  }

  /** Return whether an edit with this text can be saved; a photo needs no text. */
  canSave(text) {
    const isPhoto = Boolean(this.#message?.attachments?.length) && codePoints(trimmed(text)) <= MAX_LENGTH;
    return isSendable(text) || isPhoto;
  }

  /** Save the edit, unless nothing has changed. */
  save(text) {
    this.#savedAt = performance.now();
    const message = this.#message;
    const content = trimmed(text);
    if (message && content !== message.content) changes.edit(message, content);
  }

  hostUpdate() {
    if (!this.isActive) return;
    const message = this.#message;
    // An answer can be to a message that is no longer loaded.
    if (!message?.is_deleted && (message || !this.isEdit)) return;
    if (this.isEdit) toast(t("change.message_deleted"));
    this.#host.cancel();
  }

  /** Render the line above the box, or nothing. */
  render() {
    if (!this.isActive) return nothing;
    return html`<div class="composer-mode">
      ${icon(this.isEdit ? "compose" : "reply", { small: true })}
      <span class="composer-quote" id="composer-quote">
        ${this.isEdit ? html`<span class="quote-author">${t("composer.editing")}</span>` : this.#quote()}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label=${this.isEdit ? t("composer.cancelEdit") : t("composer.cancelReply")}
        @click=${() => this.#host.cancel()}
      >
        ${icon("close", { small: true })}
      </button>
    </div>`;
  }

  #quote() {
    const { sender, content, attachments } = this.#message ?? {};
    if (!sender) return html`<span class="quote-author">${t("composer.replying")}</span>`; // not loaded
    return quoteContent({ sender, preview: content || (attachments?.length ? null : content) });
  }

  get #message() {
    return this.#host.thread.messages.find(({ id }) => id === this.#id) ?? null;
  }
}
