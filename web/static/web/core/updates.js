import { feature, quietly } from "./web-storage.js";
import { hasUnsavedForm, trackForms } from "./unsaved-forms.js";
import { workerUrl } from "./worker-url.js";

const CHECK_MS = 60 * 60 * 1000;

// Whether the user accepted the update in this tab.
let isAccepted = false;

/**
 * Register the service worker; check for updates hourly and when the page becomes visible.
 *
 * Fires "app-update" on the window when an update is ready. `detail.accept()` activates it, and all
 * tabs reload once. Another tab with a half-filled form fires "app-update" instead of reloading.
 */
export async function startUpdates() {
  if (!feature("serviceWorker", navigator)) return;
  trackForms();
  reloadWithNewVersion();
  const registration = await register();
  if (!registration) return;
  if (registration.waiting) offer(registration);
  registration.addEventListener("updatefound", () => watch(registration));
  const check = () => document.visibilityState === "visible" && update(registration);
  setInterval(check, CHECK_MS);
  document.addEventListener("visibilitychange", check);
}

/** Register the worker; undefined if the browser refuses, as in some private windows. */
function register() {
  return quietly(() => navigator.serviceWorker.register(workerUrl(), { updateViaCache: "none" }));
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
  announce(() => {
    isAccepted = true;
    if (registration.waiting) registration.waiting.postMessage({ type: "SKIP_WAITING" });
    else location.reload(); // another tab has activated it
  });
}

function announce(accept) {
  dispatchEvent(new CustomEvent("app-update", { detail: { accept } }));
}

function reloadWithNewVersion() {
  let isFirst = !navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!isFirst) replacePage();
    isFirst = false;
  });
}

/** Reload, or offer it where another tab's update would lose what the user has filled in. */
function replacePage() {
  if (isAccepted || !hasUnsavedForm()) location.reload();
  else announce(() => location.reload());
}
