import { classMap, html, live, nothing } from "lit";
import { Draft } from "../../live/drafts.js";
import { t } from "../../text/translate.js";
import { codePoints, isSendable, MAX_LENGTH, trimmed } from "../../text/length.js";
import { Element } from "../../ui/element.js";
import { Attaching } from "./attaching.js";
import { ComposerMode } from "./composer-mode.js";
import { counter, enterKeyHint, grow, isToSend, sendButton, spoken, throttleLine } from "./composer-parts.js";
import { Countdown } from "./countdown.js";

/**
 * The message box. Enter sends the message, and Shift+Enter inserts a new line. On-screen keyboards
 * have no Shift+Enter, so their Enter inserts a new line. Ctrl+Enter and Cmd+Enter always send.
 *
 * With `reply` and `edit` it answers or edits a message until that is sent or cancelled; the draft stays
 * and comes back. Fires "sent" when a message was queued, "leave" on Escape, and "edit-last" on ArrowUp in an
 * empty box.
 */
class MessageComposer extends Element {
  static properties = { thread: { attribute: false }, text: { state: true } };

  #mode = new ComposerMode(this);
  #countdown = new Countdown(this);
  #listening = null;
  #draft = null;
  #attaching = new Attaching(this);

  constructor() {
    super();
    this.text = "";
  }

  get box() {
    return this.querySelector("textarea");
  }

  connectedCallback() {
    super.connectedCallback();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.thread.addEventListener("returned", (event) => this.#restore(event), { signal });
    this.thread.addEventListener("cancelled", ({ detail }) => this.#putBack(detail), { signal });
    this.thread.addEventListener("change", () => this.#follow(), { signal });
    this.#draft = new Draft(this.thread.id ?? `trainee-${this.thread.traineeId}`);
    this.#draft.addEventListener("change", () => this.#mode.isEdit || this.#showDraft(), { signal });
    this.#follow();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
    this.#draft.close();
  }

  /** Move the draft to the conversation that was just created. */
  moveDraft(conversationId) {
    this.#draft.move(conversationId);
    this.#attaching.move(conversationId);
  }

  /** Answer a message. */
  reply(id) {
    if (this.#mode.isEdit) this.#showDraft();
    this.#mode.start("reply", id);
    this.#write(this.text);
    this.box.focus();
  }

  /** Edit a message in the box. */
  async edit({ id, content }) {
    this.#mode.start("edit", id);
    this.text = content;
    await this.updateComplete;
    this.box.focus();
    this.box.setSelectionRange(content.length, content.length);
  }

  /** End the answer or the edit, and show the draft again. */
  cancel() {
    if (this.#mode.isEdit) return this.#showDraft();
    this.#mode.end();
    return this.#write(this.text);
  }

  render() {
    const length = codePoints(trimmed(this.text));
    const isTooLong = length > MAX_LENGTH;
    const { isEdit } = this.#mode;
    return html`<form class="composer" @submit=${this.#submit}>
      ${throttleLine(this.#countdown.seconds)} ${this.#mode.render()}
      ${isEdit ? nothing : this.#attaching.renderTray()}
      <div class=${classMap({ "composer-box": true, "too-long": isTooLong })}>
        ${isEdit ? nothing : this.#attaching.renderButtons({ isEmpty: !this.text })}
        <textarea
          rows="1"
          dir="auto"
          aria-label=${t("composer.label")}
          placeholder=${t("composer.placeholder")}
          enterkeyhint=${enterKeyHint()}
          autocomplete="off"
          aria-invalid=${isTooLong ? "true" : nothing}
          aria-describedby="composer-quote composer-counter"
          .value=${live(this.text)}
          @input=${this.#input}
          @keydown=${this.#key}
          @paste=${isEdit ? null : this.#attaching.paste}
        ></textarea>
        ${counter(length)}
        ${sendButton(isEdit, this.#canSend)}
      </div>
      <p class="visually-hidden" role="status">${spoken(length, this.#countdown.seconds)}</p>
    </form>`;
  }

  updated() {
    grow(this.box);
  }

  get #canSend() {
    if (this.#mode.isEdit) return this.#mode.canSave(this.text);
    const hasPhotos = this.#attaching.hasPhotos || this.#attaching.isBusy;
    return isSendable(this.text, { hasPhotos }) && this.#countdown.seconds === 0;
  }

  #input({ target }) {
    this.#write(target.value);
    this.thread.type(this.text.trim() !== "");
  }

  #key(event) {
    // 229: Safari ends the composition before the keydown of the Enter that confirms it.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape" && this.#mode.isActive) this.cancel();
    else if (event.key === "Escape") this.dispatchEvent(new Event("leave"));
    if (event.key === "Enter" && isToSend(event)) this.#submit(event);
    if (event.key !== "ArrowUp" || this.text || this.#mode.isActive) return;
    event.preventDefault();
    this.dispatchEvent(new Event("edit-last", { bubbles: true }));
  }

  async #submit(event) {
    event.preventDefault();
    if (this.#canSend) await this.#attaching.ready();
    if (!this.#canSend || this.#mode.hasJustSaved) return;
    this.box.focus();
    if (this.#mode.isEdit) {
      this.#mode.save(this.text);
      return this.cancel();
    }
    const { text } = this;
    const draft = this.#draft;
    const { replyTo } = this.#mode;
    const photos = this.#attaching.take();
    this.#mode.end();
    this.#write("");
    const { clientId, heldFor } = await this.thread.send(text, { replyTo, photos });
    if (heldFor) this.#putBack({ text, replyTo });
    if (!clientId) return;
    draft.sent(text);
    this.dispatchEvent(new Event("sent"));
  }

  /** Put a text that was not sent above the text in the box, and its photos into the tray. */
  #putBack({ text, replyTo }) {
    if (this.#mode.isEdit) this.cancel();
    if (replyTo) this.#mode.start("reply", replyTo);
    this.#write([text, this.text].filter((each) => each.trim()).join("\n"));
    this.#attaching.restore();
  }

  /** Restore a throttled text, unless the box contains another text by now. */
  #restore(event) {
    if (this.text.trim()) return;
    event.preventDefault();
    this.#putBack(event.detail);
  }

  #follow() {
    // Count down during a throttle, even if the throttled message stays queued.
    const { heldFor, conversation } = this.thread;
    if (heldFor > this.#countdown.seconds) this.#countdown.start(heldFor);
    if (this.#mode.isActive) this.requestUpdate(); // its message may be deleted
    if (conversation) this.#draft.setTrainee(conversation.trainee.id);
  }

  #showDraft() {
    const { text, replyTo } = this.#draft;
    this.text = text;
    this.#mode.start(replyTo && "reply", replyTo);
  }

  #write(text) {
    this.text = text;
    if (!this.#mode.isEdit) this.#draft.write(text, this.#mode.replyTo);
  }
}

customElements.define("message-composer", MessageComposer);
