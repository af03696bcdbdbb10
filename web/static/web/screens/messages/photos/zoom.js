const MOST = 5;
const DOUBLE = 2.5;
const DOUBLE_TAP_MS = 300;
const TAP_PX = 24;
const WHEEL_SPEED = 0.0025;

/**
 * Zooms an image in its stage by pinching, the wheel, a double tap or click, and `step`.
 *
 * At its normal size, the browser scrolls to the next photo by a swipe. Enlarged, a drag moves it.
 */
export class Zoom {
  #stage;
  #image;
  #scale = 1;
  #x = 0;
  #y = 0;
  // The fingers on the stage, by pointerId.
  #pointers = new Map();
  // Where a touch began that may become a tap; null if it moved, or another finger joined.
  #start = null;
  #tap = { at: -Infinity, x: 0, y: 0 };
  #listening = new AbortController();

  constructor(stage, image) {
    this.#stage = stage;
    this.#image = image;
    const { signal } = this.#listening;
    stage.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    stage.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    stage.addEventListener("pointermove", (event) => this.#move(event), { signal });
    for (const type of ["pointerup", "pointercancel"]) {
      stage.addEventListener(type, (event) => this.#up(event), { signal });
    }
  }

  get isEnlarged() {
    return this.#scale > 1;
  }

  close() {
    this.#listening.abort();
  }

  /** Show the whole photo again. */
  reset() {
    this.#set(1, 0, 0);
  }

  /** Zoom in or out around the middle, by a factor. */
  step(factor) {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    this.#zoomTo(this.#scale * factor, { clientX: left + width / 2, clientY: top + height / 2 });
  }

  #wheel(event) {
    // A horizontal wheel goes to the next photo.
    if (!event.ctrlKey && Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    event.preventDefault();
    this.#zoomTo(this.#scale * Math.exp(-event.deltaY * WHEEL_SPEED), event);
  }

  #down(event) {
    this.#pointers.set(event.pointerId, positionOf(event));
    this.#start = this.#pointers.size === 1 ? positionOf(event) : null;
    if (this.isEnlarged || this.#pointers.size > 1) this.#stage.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    const now = positionOf(event);
    this.#pointers.set(event.pointerId, now);
    if (this.#start && distance(now, this.#start) > TAP_PX) this.#start = null;
    if (others.length === 1) this.#pinch(others[0][1], before, now);
    else if (this.isEnlarged) this.#set(this.#scale, this.#x + now.x - before.x, this.#y + now.y - before.y);
  }

  /** Zoom by the distance of two fingers, and follow the point between them. */
  #pinch(other, before, now) {
    const ratio = distance(other, now) / (distance(other, before) || 1);
    const middle = { clientX: (other.x + now.x) / 2, clientY: (other.y + now.y) / 2 };
    this.#x += (now.x - before.x) / 2;
    this.#y += (now.y - before.y) / 2;
    this.#zoomTo(this.#scale * ratio, middle);
  }

  #up(event) {
    const isTap = this.#start && event.type === "pointerup";
    this.#pointers.delete(event.pointerId);
    if (isTap) this.#tapped(event);
  }

  /** Zoom in or out at the second of two taps at one place. */
  #tapped(event) {
    const tap = { at: event.timeStamp, ...positionOf(event) };
    const isDouble = tap.at - this.#tap.at < DOUBLE_TAP_MS && distance(tap, this.#tap) < TAP_PX;
    this.#tap = isDouble ? { ...tap, at: -Infinity } : tap;
    if (isDouble) this.#zoomTo(this.isEnlarged ? 1 : DOUBLE, event);
  }

  /** Zoom so that the point under the fingers stays there. */
  #zoomTo(wanted, { clientX, clientY }) {
    const scale = Math.min(MOST, Math.max(1, wanted));
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    const [x, y] = [clientX - left - width / 2, clientY - top - height / 2];
    const ratio = scale / this.#scale;
    this.#set(scale, x - (x - this.#x) * ratio, y - (y - this.#y) * ratio);
  }

  /** Show the photo enlarged and moved, but never with its edge in the middle of the screen. */
  #set(scale, x, y) {
    const { width, height } = this.#shownSize();
    const { clientWidth, clientHeight } = this.#stage;
    const limit = (value, overlap) => Math.min(Math.max(overlap, 0), Math.max(Math.min(-overlap, 0), value));
    this.#scale = scale;
    this.#x = limit(x, (width * scale - clientWidth) / 2);
    this.#y = limit(y, (height * scale - clientHeight) / 2);
    this.#stage.classList.toggle("zoomed", scale > 1);
    this.#image.style.transform = scale > 1 ? `translate(${this.#x}px, ${this.#y}px) scale(${scale})` : "";
  }

  /** Return the size of the photo at scale 1: it fits into the stage with its proportions. */
  #shownSize() {
    const { clientWidth, clientHeight } = this.#stage;
    const { naturalWidth, naturalHeight } = this.#image;
    if (!naturalWidth) return { width: clientWidth, height: clientHeight };
    const fit = Math.min(clientWidth / naturalWidth, clientHeight / naturalHeight);
    return { width: naturalWidth * fit, height: naturalHeight * fit };
  }
}

function positionOf({ clientX, clientY }) {
  return { x: clientX, y: clientY };
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
