const REPEAT_MS = 3_000;
const EXPIRY_MS = 4_000;

/** Sends typing frames: at most one every 3 s, and one at the end. */
export class OwnTyping {
  #send;
  #isTyping = false;
  // When `is_typing: true` was last sent; emptying the composer does not reset it.
  #sentAt = -Infinity;

  /** `send(frame)` sends a frame. */
  constructor(send) {
    this.#send = send;
  }

  /** Record a keystroke, and whether the composer has text. */
  type(hasText) {
    if (!hasText) this.stop();
    else if (performance.now() - this.#sentAt >= REPEAT_MS) this.#say(true);
  }

  stop() {
    if (this.#isTyping) this.#say(false);
  }

  #say(isTyping) {
    this.#isTyping = isTyping;
    if (isTyping) this.#sentAt = performance.now();
    this.#send({ type: "typing", is_typing: isTyping });
  }
}

/** Whether the other person is typing; expires after 4 s. */
export class OtherTyping {
  isTyping = false;
  #onChange;
  #timer = 0;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  show(isTyping) {
    clearTimeout(this.#timer);
    if (isTyping) this.#timer = setTimeout(() => this.show(false), EXPIRY_MS);
    if (isTyping === this.isTyping) return;
    this.isTyping = isTyping;
    this.#onChange();
  }
}
