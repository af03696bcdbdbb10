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

async function offer(registration) {
  const { controller } = navigator.serviceWorker;
  // Without a controller this is the first version. WebKit can name the first worker as the controller
  // before it tells that this worker is installed.
  if (!controller || controller === registration.waiting || (await isSameVersion())) return;
  announce(() => {
    isAccepted = true;
    if (registration.waiting) registration.waiting.postMessage({ type: "SKIP_WAITING" });
    else location.reload(); // another tab has activated it
  });
}

/**
 * Return whether the waiting worker has the version in use: each version has its own cache.
 *
 * Safari also replaces a worker when the certificate of its site has been renewed.
 */
async function isSameVersion() {
  const names = await quietly(() => caches.keys());
  return names?.filter((name) => name.startsWith("build-")).length === 1;
}

function announce(accept) {
  dispatchEvent(new CustomEvent("app-update", { detail: { accept } }));
}

/** Reload when another worker takes over; the event of the first worker can come late, or twice. */
function reloadWithNewVersion() {
  const workers = navigator.serviceWorker;
  let before = workers.controller;
  workers.addEventListener("controllerchange", () => {
    const { controller } = workers;
    if (before && controller !== before) replacePage();
    before = controller;
  });
}

/** Reload, or offer it where another tab's update would lose what the user has filled in. */
function replacePage() {
  if (isAccepted || !hasUnsavedForm()) location.reload();
  else announce(() => location.reload());
}
