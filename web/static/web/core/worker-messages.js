import { router } from "./router.js";
import { session } from "./session.js";

/**
 * Handle the service worker's messages: report the current path, or open a clicked notification.
 *
 * Ignored while impersonating: notifications are for the trainer, not for the trainee shown.
 */
export function answerWorker() {
  navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => {
    if (session.isImpersonating) return;
    if (data?.type === "where") ports[0].postMessage(location.pathname);
    if (data?.type === "open") router.navigate(data.path);
  });
}
