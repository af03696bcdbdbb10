// Runs in both pages after bench/browser.js, whose clock it uses.
const PHOTO_PATIENCE_MS = 60000;
let photo;

/** Keep a JPEG, so that its transfer to the browser is not measured. */
globalThis.keepPhoto = (base64) => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  photo = new File([bytes], "photo.jpg", { type: "image/jpeg" });
};

/** Choose the photo with a caption, click on Send at once, and return the time of the choice. */
globalThis.sendPhoto = async (caption) => {
  const box = document.querySelector(".composer textarea");
  box.value = caption;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  const files = new DataTransfer();
  files.items.add(photo);
  const input = document.querySelector(".composer input[type=file]");
  input.files = files.files;
  const chosen = now();
  input.dispatchEvent(new Event("change", { bubbles: true }));
  // The tray shows a placeholder before it begins to shrink the photo.
  while (!document.querySelector(".photo-strip")) await new Promise((resolve) => setTimeout(resolve));
  document.querySelector(".composer button[type=submit]").click();
  return chosen;
};

/** Return the time at which the photo with this caption was decoded and drawn, or null. */
globalThis.photoShown = async (caption) => {
  const end = now() + PHOTO_PATIENCE_MS;
  const find = () => [...document.querySelectorAll(".message.other")].find((row) => row.textContent.includes(caption));
  while (now() < end) {
    const image = find()?.querySelector(".photo-image");
    if (image?.complete && image.naturalWidth) return image.decode().then(nextFrame);
    await nextFrame();
  }
  return null;
};

/** Return the time after the next painting. */
function nextFrame() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(now());
      port2.postMessage(null);
    });
  });
}
