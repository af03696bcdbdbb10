import { messageAt } from "./message-at.js";
import { openMenu } from "./menu.js";

const LONG_MS = 450;
const MOVED_PX = 10;

/** Open the menu of a message after a long press on a touch screen. */
export function followLongPresses() {
  let timer = 0;
  let start = null;
  let isOpen = false;
  const stop = () => clearTimeout(timer);
  document.addEventListener("touchstart", (event) => {
    const [touch] = event.touches;
    stop();
    isOpen = false;
    if (event.touches.length > 1 || !isBubble(event.target)) return;
    start = touch;
    timer = setTimeout(() => {
      const target = messageAt(event.target);
      isOpen = Boolean(target);
      if (target) openMenu(target);
    }, LONG_MS);
  }, { passive: true });
  document.addEventListener("touchmove", ({ touches: [touch] }) => {
    if (start && Math.hypot(touch.clientX - start.clientX, touch.clientY - start.clientY) > MOVED_PX) stop();
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    stop();
    // The click would close the menu, or press what is under the finger.
    if (isOpen) event.preventDefault();
  });
  document.addEventListener("touchcancel", stop);
}

/** Return whether an element is in a bubble, and has no long press of its own, as links have. */
function isBubble(element) {
  return Boolean(element.closest?.(".bubble")) && !element.closest("a");
}
