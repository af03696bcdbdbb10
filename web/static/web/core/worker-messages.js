import { router } from "./router.js";

/** Do what the service worker asks for: tell the path that is shown, or show what was clicked. */
export function answerWorker() {
  navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => {
    if (data?.type === "where") ports[0].postMessage(location.pathname);
    if (data?.type === "open") router.navigate(data.path);
  });
}
