import { feature } from "./web-storage.js";
import { router } from "./router.js";
import { session } from "./session.js";

/**
 * Handle the service worker's messages: report the current path, or open a clicked notification.
 *
 * Messages are ignored while impersonating, because notifications are for the trainer.
 */
export function answerWorker() {
  feature("serviceWorker", navigator)?.addEventListener("message", ({ data, ports }) => {
    if (session.isImpersonating) return;
    if (data?.type === "where") ports[0].postMessage(location.pathname);
    if (data?.type === "open") router.navigate(data.path);
  });
}
