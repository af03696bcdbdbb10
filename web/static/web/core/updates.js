import { workerUrl } from "./trusted.js";

const CHECK_MS = 60 * 60 * 1000;

/**
 * Register the service worker, and look for a new version hourly and on return to the page.
 *
 * When one waits, the window gets "app-update"; its `detail.accept()` lets the new version take over
 * all tabs. Each then loads anew, once.
 */
export async function startUpdates() {
  if (!navigator.serviceWorker) return;
  reloadWithNewVersion();
  const registration = await register();
  if (!registration) return;
  if (registration.waiting) offer(registration);
  registration.addEventListener("updatefound", () => watch(registration));
  const check = () => document.visibilityState === "visible" && update(registration);
  setInterval(check, CHECK_MS);
  document.addEventListener("visibilitychange", check);
}

/** Return null where the browser refuses, as in some private windows: all works but offline. */
async function register() {
  try {
    return await navigator.serviceWorker.register(workerUrl(), { updateViaCache: "none" });
  } catch {
    return null;
  }
}

function update(registration) {
  registration.update().catch(() => {}); // offline, or the server restarts: later, then
}

function watch(registration) {
  const worker = registration.installing;
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && registration.waiting) offer(registration);
  });
}

function offer(registration) {
  // Without a controller it is the first version: there is nothing to replace.
  if (!navigator.serviceWorker.controller) return;
  const accept = () => registration.waiting?.postMessage({ type: "SKIP_WAITING" });
  dispatchEvent(new CustomEvent("app-update", { detail: { accept } }));
}

function reloadWithNewVersion() {
  let isFirst = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!isFirst) location.reload();
    isFirst = false;
  });
}
