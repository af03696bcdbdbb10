import { html, nothing } from "lit";
import { COUNTER_FROM, MAX_LENGTH } from "../../text/length.js";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";

/** Touch screens, where the keys may be on the screen. */
export const TOUCH = matchMedia("(pointer: coarse)");
// More than the bar that iOS shows above a real keyboard.
const KEYBOARD_PX = 120;

// Without support, `grow` resizes the box.
const GROWS = CSS.supports("field-sizing", "content");

/** Make a box as high as its text. */
export function grow(box) {
  if (GROWS) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

/** Return what the Enter key of a keyboard on the screen does. */
export const enterKeyHint = () => (TOUCH.matches ? "enter" : "send");

/** Return whether an Enter sends, instead of adding a line. */
export function isToSend(event) {
  if (event.ctrlKey || event.metaKey) return true;
  return !event.shiftKey && (!TOUCH.matches || isFromKeyboard(event));
}

/** Return whether a key is on a real keyboard: keys on the screen have no code, or cover the page. */
function isFromKeyboard({ code }) {
  const { height, scale } = visualViewport;
  return code.endsWith("Enter") && innerHeight - height * scale < KEYBOARD_PX;
}

/** Render how long a throttle lasts, if there is one. */
export function throttleLine(seconds) {
  if (!seconds) return nothing;
  // Screen readers do not read a timer each second; the composer announces the wait once.
  return html`<p class="slow-down" role="timer">
    ${icon("clock", { small: true })} ${t("error.wait", { count: seconds })}
  </p>`;
}

/** Render the counter of a long text; it is there, but empty, for a short one. */
export function counter(length) {
  const isTooLong = length > MAX_LENGTH;
  return html`<span id="composer-counter" class="counter ${isTooLong ? "over" : ""}">
    ${length >= COUNTER_FROM ? `${length} / ${MAX_LENGTH}` : nothing}
  </span>`;
}

/** Render the button that sends a message or saves an edit. */
export function sendButton(isEdit, canSend) {
  return html`<button
    type="submit"
    class="send-button"
    aria-label=${isEdit ? t("composer.save") : t("composer.send")}
    aria-disabled=${canSend ? "false" : "true"}
  >
    ${icon(isEdit ? "check" : "send")}
  </button>`;
}

/** Return what a screen reader says about the box: that the text is too long, or sent too fast. */
export function spoken(length, seconds) {
  if (length > MAX_LENGTH) return t("composer.limit", { max: MAX_LENGTH });
  return seconds ? t("composer.tooFast") : "";
}
