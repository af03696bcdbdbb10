// Injected into both pages. Times are milliseconds of the one clock that both browsers share.
const PATIENCE_MS = 10000;

globalThis.now = () => performance.timeOrigin + performance.now();

/** Return when the frame was drawn that shows an element with a text, or null if none ever was. */
globalThis.shown = (selector, text) =>
  new Promise((resolve) => {
    const find = () => [...document.querySelectorAll(selector)].some((row) => row.textContent.includes(text));
    const observer = new MutationObserver(() => find() && done());
    const timer = setTimeout(() => stop(null), PATIENCE_MS);
    const done = () => {
      stop();
      // The frame is drawn after its callbacks; a task that follows comes after the drawing.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(now());
        port2.postMessage(null);
      });
    };
    const stop = (result) => {
      observer.disconnect();
      clearTimeout(timer);
      if (result !== undefined) resolve(result);
    };
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    if (find()) done();
  });

/** Click, and return when. */
globalThis.clickOn = (selector) => {
  const button = document.querySelector(selector);
  const clicked = now();
  button.click();
  return clicked;
};
