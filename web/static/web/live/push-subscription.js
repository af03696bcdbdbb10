import { unregisterDevice, getPushKey, registerDevice } from "../core/endpoints.js";

const PATIENCE_MS = 10_000;

/** Return the service worker's registration; null if there is none within 10 s. */
export async function workerRegistration() {
  if (!navigator.serviceWorker) return null;
  const tooLate = new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  return Promise.race([navigator.serviceWorker.ready, tooLate]);
}

/** Have the server push to this browser; return whether it can. */
export async function subscribe() {
  try {
    const subscription = await freshSubscription((await getPushKey()).public_key);
    if (!subscription) return false;
    await registerDevice(tokenOf(subscription));
    return true;
  } catch (error) {
    // No push service, as in Chromium without Google's keys, or none that can be reached.
    console.warn("There are no push notifications:", error);
    return false;
  }
}

/** Have no more pushes come to this browser; the server is told if it still listens. */
export async function unsubscribe() {
  const subscription = await currentSubscription();
  if (!subscription) return;
  await Promise.allSettled([unregisterDevice(tokenOf(subscription)), subscription.unsubscribe()]);
}

async function currentSubscription() {
  const registration = await navigator.serviceWorker?.getRegistration();
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

/** `key` is the server's, or null where it cannot push. */
async function freshSubscription(key) {
  const registration = await workerRegistration();
  if (!key || !registration?.pushManager) return null;
  const known = await registration.pushManager.getSubscription();
  if (known && keyOf(known) === key) return known;
  await known?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** Return the key that a subscription was made with, in base64url as the server writes it. */
function keyOf(subscription) {
  const bytes = new Uint8Array(subscription.options?.applicationServerKey ?? []);
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function tokenOf(subscription) {
  return JSON.stringify(subscription);
}
