import { classMap, html, live, nothing } from "lit";
import { Draft } from "../../live/drafts.js";
import { t } from "../../text/translate.js";
import { codePoints, COUNTER_FROM, isSendable, MAX_LENGTH, trimmed } from "../../text/length.js";
import { Element } from "../../ui/element.js";
import { icon } from "../../ui/icons.js";
import { Countdown } from "./countdown.js";

// Without support, `updated` resizes the box.
const GROWS = CSS.supports("field-sizing", "content");
// Touch screens, where the keys may be on the screen.
const TOUCH = matchMedia("(pointer: coarse)");
// More than the bar that iOS shows above a real keyboard.
const KEYBOARD_PX = 120;

/**
 * The message box. Enter sends the message, and Shift+Enter inserts a new line. On-screen keyboards
 * have no Shift+Enter, so their Enter inserts a new line. Ctrl+Enter and Cmd+Enter always send.
 *
 * Fires "sent" when a message was queued, and "leave" on Escape.
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
    this.thread.addEventListener("returned", (event) => this.#restore(event), { signal });
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

  /** Move the draft to the conversation that was just created. */
  moveDraft(conversationId) {
    this.#draft.move(conversationId);
  }

  render() {
    const length = codePoints(trimmed(this.text));
    const isTooLong = length > MAX_LENGTH;
    return html`<form class="composer" @submit=${this.#submit}>
      ${this.#renderThrottle()}
      <div class=${classMap({ "composer-box": true, "too-long": isTooLong })}>
        <textarea
          rows="1"
          dir="auto"
          aria-label=${t("composer.label")}
          placeholder=${t("composer.placeholder")}
          enterkeyhint=${TOUCH.matches ? "enter" : "send"}
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
          aria-label=${t("composer.send")}
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

  #renderThrottle() {
    const { seconds } = this.#countdown;
    if (!seconds) return nothing;
    // Screen readers do not read a timer each second; `#spoken` announces the wait once.
    return html`<p class="slow-down" role="timer">
      ${icon("clock", { small: true })} ${t("error.wait", { count: seconds })}
    </p>`;
  }

  #renderCounter(length, isTooLong) {
    const isShown = length >= COUNTER_FROM;
    return html`<span id="composer-counter" class="counter ${isTooLong ? "over" : ""}">
      ${isShown ? `${length} / ${MAX_LENGTH}` : nothing}
    </span>`;
  }

  #spoken(isTooLong) {
    if (isTooLong) return t("composer.limit", { max: MAX_LENGTH });
    return this.#countdown.seconds ? t("composer.tooFast") : "";
  }

  #input({ target }) {
    this.#write(target.value);
    this.thread.type(this.text.trim() !== "");
  }

  #key(event) {
    // 229: Safari ends the composition before the keydown of the Enter that confirms it.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") this.dispatchEvent(new Event("leave"));
    if (event.key === "Enter" && isToSend(event)) this.#submit(event);
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

  /** Restore a throttled text, unless the box contains another text by now. */
  #restore(event) {
    if (this.text.trim()) return;
    event.preventDefault();
    this.#write(event.detail.text);
  }

  #follow() {
    this.#followThrottle();
    const { conversation } = this.thread;
    if (conversation) this.#draft.setTrainee(conversation.trainee.id);
  }

  /** Count down during a throttle, even if the throttled message stays queued. */
  #followThrottle() {
    const { heldFor } = this.thread;
    if (heldFor > this.#countdown.seconds) this.#countdown.start(heldFor);
  }

  #write(text) {
    this.text = text;
    this.#draft.write(text);
  }
}

function isToSend(event) {
  if (event.ctrlKey || event.metaKey) return true;
  return !event.shiftKey && (!TOUCH.matches || isFromKeyboard(event));
}

/** Return whether a key is on a real keyboard: keys on the screen have no code, or cover the page. */
function isFromKeyboard({ code }) {
  const { height, scale } = visualViewport;
  return code.endsWith("Enter") && innerHeight - height * scale < KEYBOARD_PX;
}

customElements.define("message-composer", MessageComposer);
