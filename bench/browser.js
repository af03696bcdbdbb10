// Injected into both pages. Times are in milliseconds, on the clock that both browsers share.
const PATIENCE_MS = 10000;

globalThis.now = () => performance.timeOrigin + performance.now();

/** Return the time at which an element with the text was drawn, or null if it never appeared. */
globalThis.shown = (selector, text) =>
  new Promise((resolve) => {
    const find = () => [...document.querySelectorAll(selector)].some((row) => row.textContent.includes(text));
    const observer = new MutationObserver(() => find() && done());
    const timer = setTimeout(() => stop(null), PATIENCE_MS);
    const done = () => {
      stop();
      // A frame is painted after its callbacks, so a task posted here runs after the painting.
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

/** Click, and return the time. */
globalThis.clickOn = (selector) => {
  const button = document.querySelector(selector);
  const clicked = now();
  button.click();
  return clicked;
};
