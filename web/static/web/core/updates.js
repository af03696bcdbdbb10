import { workerUrl } from "./worker-url.js";

const CHECK_MS = 60 * 60 * 1000;

/**
 * Register the service worker; check for updates hourly and when the page becomes visible.
 *
 * Fires "app-update" on the window when an update is ready. `detail.accept()` activates it, and all
 * tabs reload once.
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

/** Register the worker; null if the browser refuses, as in some private windows. */
async function register() {
  try {
    return await navigator.serviceWorker.register(workerUrl(), { updateViaCache: "none" });
  } catch {
    return null;
  }
}

function update(registration) {
  registration.update().catch(() => {}); // offline, or the server is restarting
}

function watch(registration) {
  const worker = registration.installing;
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && registration.waiting) offer(registration);
  });
}

function offer(registration) {
  // Without a controller this is the first version, not an update.
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
