const SAY_AGAIN_MS = 3_000;
const GONE_MS = 4_000;

/** Tell the other side that somebody types: at most one frame every 3 s, and one when it ends. */
export class OwnTyping {
  #send;
  #isTyping = false;
  // Of the last frame that said so; also a box that was emptied meanwhile does not have it said anew.
  #saidAt = -Infinity;

  /** `send` takes a frame. */
  constructor(send) {
    this.#send = send;
  }

  /** Note a key stroke, and whether the box has text after it. */
  type(hasText) {
    if (!hasText) this.stop();
    else if (performance.now() - this.#saidAt >= SAY_AGAIN_MS) this.#say(true);
  }

  stop() {
    if (this.#isTyping) this.#say(false);
  }

  #say(isTyping) {
    this.#isTyping = isTyping;
    if (isTyping) this.#saidAt = performance.now();
    this.#send({ type: "typing", is_typing: isTyping });
  }
}

/** Know whether the other side types: until it says otherwise, or nothing for 4 s. */
export class OtherTyping {
  isTyping = false;
  #onChange;
  #timer = 0;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  show(isTyping) {
    clearTimeout(this.#timer);
    if (isTyping) this.#timer = setTimeout(() => this.show(false), GONE_MS);
    if (isTyping === this.isTyping) return;
    this.isTyping = isTyping;
    this.#onChange();
  }
}
