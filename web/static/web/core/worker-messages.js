import { router } from "./router.js";
import { session } from "./session.js";

/**
 * Do what the service worker asks for: tell the path that is shown, or show what was clicked.
 *
 * Not while looking through somebody's account: that page shows nothing of one's own.
 */
export function answerWorker() {
  navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => {
    if (session.isImpersonating) return;
    if (data?.type === "where") ports[0].postMessage(location.pathname);
    if (data?.type === "open") router.navigate(data.path);
  });
}
