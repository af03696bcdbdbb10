import { storeOf } from "./outbox-entry.js";

/** Return the stored entries of the outbox. */
export async function readEntries(db) {
  return [...(await db.getAll("outbox")), ...(await db.getAll("photo_outbox"))];
}

/** Return whether entries and the files of their photos stay when the page is closed. */
export function keepsEntries(db) {
  return ["outbox", "photo_outbox", "photos"].every((store) => db.keeps(store));
}

/**
 * Delete an entry, and the files of its photos unless `keepsPhotos`.
 *
 * The files go first: the composer offers files without an entry to be sent.
 */
export async function deleteEntry(db, clientId, entry, { keepsPhotos = false } = {}) {
  const photos = keepsPhotos ? [] : (entry?.photos ?? []);
  for (const { key } of photos) await db?.delete("photos", key);
  await db?.delete(entry ? storeOf(entry) : "outbox", clientId);
}
