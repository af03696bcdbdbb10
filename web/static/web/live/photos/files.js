import { account } from "../account.js";

/**
 * Store a photo `{key, blob, …}`, or keep it in memory if that fails.
 *
 * WebKit stores no Blob in a private window, but the bytes of one.
 */
export async function storePhoto(photo) {
  await account.db.put("photos", photo);
  if (account.db.keeps("photos")) return;
  const { blob, ...rest } = photo;
  await account.db.put("photos", { ...rest, bytes: await blob.arrayBuffer(), type: blob.type });
}

/** Return a stored photo, if there is one, with its file as a Blob. */
export function withFile(row) {
  if (!row?.bytes) return row;
  const { bytes, type, ...rest } = row;
  return { ...rest, blob: new Blob([bytes], { type }) };
}
