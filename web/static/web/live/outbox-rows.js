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
 * Delete an entry and the files of its photos.
 *
 * The files go first: the composer would offer photos without an entry to be sent again.
 */
export async function deleteEntry(db, clientId, entry) {
  for (const { key } of entry?.photos ?? []) await db?.delete("photos", key);
  await db?.delete(entry ? storeOf(entry) : "outbox", clientId);
}
