import { openDB } from "idb";

/** The object stores with their key paths; `null` if the key is passed with each put. */
export const STORES = {
  kv: null,
  threads: "id",
  outbox: "client_id",
  drafts: null,
  // Unsent messages with photos. Releases without photos must not send them as texts.
  photo_outbox: "client_id",
  photos: "key",
};

/**
 * The upgrades of the schema: STEPS[n] upgrades a database from version n to n + 1.
 *
 * Append steps, and never change a released step. A step gets `(db, transaction)`. It may only add
 * stores, indexes and properties, because the previous release reads the schema after a rollback.
 */
export const STEPS = [createStores, addPhotos];

/** Upgrade a database between two versions; a new database has version 0. */
export function upgrade(db, from, to, transaction) {
  for (const step of STEPS.slice(from, to)) step(db, transaction);
}

function createStores(db) {
  db.createObjectStore("kv");
  db.createObjectStore("threads", { keyPath: "id" });
  db.createObjectStore("outbox", { keyPath: "client_id" });
  db.createObjectStore("drafts");
}

function addPhotos(db) {
  db.createObjectStore("photo_outbox", { keyPath: "client_id" });
  db.createObjectStore("photos", { keyPath: "key" });
}

const PREFIX = "messaging-";

/** Return the name of a user's database. */
export const nameOf = (userId) => `${PREFIX}${userId}`;

/** Return whether a database is one of ours. */
export const isOurs = ({ name }) => name.startsWith(PREFIX);

/** Open a user's database; rejects if the browser refuses. */
export async function connect(userId) {
  const name = nameOf(userId);
  const options = { upgrade, blocking };
  try {
    return await openDB(name, STEPS.length, options);
  } catch {
    // A newer release has upgraded it, or the upgrade failed. Either way, its data is readable.
    return openDB(name, undefined, options);
  }
}

/** Close the connection when another tab upgrades or deletes the database. */
function blocking(_current, _wanted, event) {
  event.target.close();
}
