// The first version in which an app on the Home Screen can get notifications.
const NOTIFYING = [16, 4];

/** Return whether this is an iPhone or iPad; an iPad says that it is a Mac. */
export function isIos({ userAgent = "", maxTouchPoints = 0 } = navigator) {
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

/** Return whether the page is an installed app: on the Home Screen, or in a window of its own. */
export function isInstalled() {
  const isStandalone = globalThis.matchMedia?.("(display-mode: standalone)").matches;
  return Boolean(navigator.standalone ?? isStandalone);
}

/**
 * Return whether this browser on iOS shows notifications only once the app is on the Home Screen.
 *
 * False for versions that show none at all, and inside other apps, which cannot add it.
 */
export function needsHomeScreen() {
  const { userAgent = "" } = navigator;
  if (!isIos() || isInstalled() || !/Safari\//.test(userAgent)) return false;
  const found = /(?:OS (\d+)_(\d+)|Version\/(\d+)\.(\d+))/.exec(userAgent);
  const [major, minor] = (found ?? []).slice(1).filter(Boolean).map(Number);
  return major > NOTIFYING[0] || (major === NOTIFYING[0] && minor >= NOTIFYING[1]);
}
