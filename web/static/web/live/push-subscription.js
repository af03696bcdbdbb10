import { feature, quietly } from "../core/web-storage.js";
import { unregisterDevice, getPushKey, registerDevice } from "../core/endpoints.js";

const TIMEOUT_MS = 10_000;

/** Return the service worker's registration, or null if it is not ready within 10 s. */
export async function workerRegistration() {
  const workers = feature("serviceWorker", navigator);
  if (!workers) return null;
  const tooLate = new Promise((resolve) => setTimeout(() => resolve(null), TIMEOUT_MS));
  return Promise.race([workers.ready, tooLate]);
}

/** Subscribe this browser to push messages; return whether it succeeded. */
export async function subscribe() {
  try {
    const subscription = await freshSubscription((await getPushKey()).public_key);
    if (!subscription) return false;
    await registerDevice(tokenOf(subscription));
    return true;
  } catch (error) {
    // The browser has no push service, like Chromium builds without keys, or can't reach it.
    console.warn("Push messages are unavailable:", error);
    return false;
  }
}

/** Unsubscribe this browser, and tell the server if possible. */
export async function unsubscribe() {
  const subscription = await currentSubscription();
  if (!subscription) return;
  await Promise.allSettled([unregisterDevice(tokenOf(subscription)), subscription.unsubscribe()]);
}

async function currentSubscription() {
  const registration = await quietly(() => navigator.serviceWorker?.getRegistration());
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** Return a subscription for the server's `key`; null if push is unavailable. */
async function freshSubscription(key) {
  const registration = await workerRegistration();
  if (!key || !registration?.pushManager) return null;
  const known = await registration.pushManager.getSubscription();
  if (known && keyOf(known) === key) return known;
  await known?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** Return the key of a subscription in base64url, as the server sends it. */
function keyOf(subscription) {
  const bytes = new Uint8Array(subscription.options?.applicationServerKey ?? []);
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function tokenOf(subscription) {
  return JSON.stringify(subscription);
}
