import { account } from "../account.js";
import { withFile } from "./files.js";

// More than a screen shows; older ones are read again.
const MOST = 60;
const urls = new Map();

/** Return a URL of a photo's file on this device, for as long as this page shows it. */
export function urlOf(key, blob) {
  const url = urls.get(key) ?? URL.createObjectURL(blob);
  urls.delete(key);
  urls.set(key, url);
  for (const [oldest] of urls) if (urls.size > MOST) release(oldest);
  return url;
}

/** Resolve to the URL of a stored photo, or to null if this device does not have it. */
export async function findUrl(key) {
  if (urls.has(key)) return urlOf(key);
  const row = withFile(await account.db.get("photos", key));
  return row ? urlOf(key, row.blob) : null;
}

/** Forget the URL of a photo. */
export function release(key) {
  if (urls.has(key)) URL.revokeObjectURL(urls.get(key));
  urls.delete(key);
}
