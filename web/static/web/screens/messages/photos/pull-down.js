// A photo that was pulled down this far, or this fast, is closed.
const FAR_PX = 120;
const FAST_PX_PER_MS = 0.5;
const AT_LEAST_PX = 40;
// What the finger moves before the photo follows: taps are never still.
const SLACK_PX = 8;

/** Closes the viewer when a finger pulls its photo down, and lets the photo return when it is released early. */
export class PullDown {
  #stage;
  #canPull;
  #close;
  // The finger: its id, where and when it came down.
  #finger = null;
  #distance = 0;

  /** `canPull()` returns whether the photo has its normal size; `close()` closes the viewer. */
  constructor(stage, { canPull, close }) {
    this.#stage = stage;
    this.#canPull = canPull;
    this.#close = close;
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", () => this.#cancel());
  }

  #down({ isPrimary, pointerType, clientX, clientY, timeStamp }) {
    const isAlone = isPrimary && pointerType !== "mouse";
    this.#cancel();
    if (isAlone && this.#canPull()) this.#finger = { x: clientX, y: clientY, at: timeStamp };
  }

  #move({ isPrimary, clientX, clientY }) {
    if (!this.#finger || !isPrimary) return;
    const [right, down] = [clientX - this.#finger.x, clientY - this.#finger.y];
    if (!this.#distance && down < Math.max(SLACK_PX, Math.abs(right))) return;
    this.#show(Math.max(down, 1));
  }

  #up({ timeStamp }) {
    if (!this.#finger) return;
    const isFast = this.#distance / (timeStamp - this.#finger.at) > FAST_PX_PER_MS;
    const isEnough = this.#distance > FAR_PX || (isFast && this.#distance > AT_LEAST_PX);
    if (isEnough) this.#close();
    else this.#cancel();
  }

  #cancel() {
    this.#finger = null;
    this.#show(0);
  }

  #show(distance) {
    this.#distance = distance;
    const { clientHeight } = this.#stage;
    this.#stage.style.translate = distance ? `0 ${distance}px` : "";
    this.#stage.style.opacity = distance ? String(Math.max(0.3, 1 - distance / clientHeight)) : "";
  }
}
