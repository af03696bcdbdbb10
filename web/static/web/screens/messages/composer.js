import { classMap, html, live, nothing } from "lit";
import { Draft } from "../../live/drafts.js";
import { codePoints, COUNTER_FROM, isSendable, MAX_LENGTH, trimmed } from "../../text/length.js";
import { Element } from "../../ui/element.js";
import { icon } from "../../ui/icons.js";
import { Countdown } from "./countdown.js";

// Where a box cannot grow by itself.
const GROWS = CSS.supports("field-sizing", "content");
// Keyboards on a screen have no Shift+Enter: there Enter makes a line, and the button sends.
const ON_SCREEN = matchMedia("(pointer: coarse) and (not (any-pointer: fine))");

/**
 * Write a message: Enter sends, Shift+Enter makes a line; on a phone Enter makes a line.
 *
 * Fires "sent" when a message is on its way, and "leave" on Escape.
 */
class MessageComposer extends Element {
  static properties = { thread: { attribute: false }, text: { state: true } };

  #countdown = new Countdown(this);
  #listening = null;
  #draft = null;

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
    this.thread.addEventListener("returned", (event) => this.#takeBack(event), { signal });
    this.thread.addEventListener("change", () => this.#follow(), { signal });
    this.#draft = new Draft(this.thread.id ?? `trainee-${this.thread.traineeId}`);
    this.#draft.addEventListener("change", () => (this.text = this.#draft.text), { signal });
    this.#follow();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
    this.#draft.close();
  }

  /** Take what stands in the box along to the conversation that has just been made. */
  moveDraft(conversationId) {
    this.#draft.move(conversationId);
  }

  render() {
    const length = codePoints(trimmed(this.text));
    const isTooLong = length > MAX_LENGTH;
    return html`<form class="composer" @submit=${this.#submit}>
      ${this.#renderHold()}
      <div class=${classMap({ "composer-box": true, "too-long": isTooLong })}>
        <textarea
          rows="1"
          dir="auto"
          aria-label="Message"
          placeholder="Write a message"
          enterkeyhint=${ON_SCREEN.matches ? "enter" : "send"}
          autocomplete="off"
          aria-invalid=${isTooLong ? "true" : nothing}
          aria-describedby="composer-counter"
          .value=${live(this.text)}
          @input=${this.#input}
          @keydown=${this.#key}
        ></textarea>
        ${this.#renderCounter(length, isTooLong)}
        <button
          type="submit"
          class="send-button"
          aria-label="Send"
          aria-disabled=${this.#canSend ? "false" : "true"}
        >
          ${icon("send")}
        </button>
      </div>
      <p class="visually-hidden" role="status">${this.#spoken(isTooLong)}</p>
    </form>`;
  }

  updated() {
    if (GROWS) return;
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }

  get #canSend() {
    return isSendable(this.text) && this.#countdown.seconds === 0;
  }

  #renderHold() {
    const { seconds } = this.#countdown;
    if (!seconds) return nothing;
    const unit = seconds === 1 ? "second" : "seconds";
    // A timer is not read out with each second; `#spoken` tells of it once.
    return html`<p class="slow-down" role="timer">
      ${icon("clock", { small: true })} Slow down. Try again in ${seconds} ${unit}
    </p>`;
  }

  #renderCounter(length, isTooLong) {
    const isShown = length >= COUNTER_FROM;
    return html`<span id="composer-counter" class="counter ${isTooLong ? "over" : ""}">
      ${isShown ? `${length} / ${MAX_LENGTH}` : nothing}
    </span>`;
  }

  #spoken(isTooLong) {
    if (isTooLong) return `Too long: at most ${MAX_LENGTH} characters can be sent.`;
    return this.#countdown.seconds ? "Too fast. What you have written is not lost." : "";
  }

  #input({ target }) {
    this.#write(target.value);
    this.thread.type(this.text.trim() !== "");
  }

  #key(event) {
    // 229: Safari ends a composition before the Enter that chose its word.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") this.dispatchEvent(new Event("leave"));
    if (event.key === "Enter" && !event.shiftKey && !ON_SCREEN.matches) this.#submit(event);
  }

  async #submit(event) {
    event.preventDefault();
    if (!this.#canSend) return;
    const { text } = this;
    const draft = this.#draft;
    this.#write("");
    this.box.focus();
    const { clientId, heldFor } = await this.thread.send(text);
    if (heldFor) this.#write([text, this.text].filter((each) => each.trim()).join("\n"));
    if (!clientId) return;
    draft.sent(text);
    this.dispatchEvent(new Event("sent"));
  }

  /** Take back what came too fast, unless something else stands in the box by now. */
  #takeBack(event) {
    if (this.text.trim()) return;
    event.preventDefault();
    this.#write(event.detail.text);
  }

  #follow() {
    this.#followHold();
    const { conversation } = this.thread;
    if (conversation) this.#draft.setTrainee(conversation.trainee.id);
  }

  /** Count down whenever the server takes nothing, also where what came too fast waits in line. */
  #followHold() {
    const { heldFor } = this.thread;
    if (heldFor > this.#countdown.seconds) this.#countdown.start(heldFor);
  }

  #write(text) {
    this.text = text;
    this.#draft.write(text);
  }
}

customElements.define("message-composer", MessageComposer);
