/** The object stores with their key paths; `null` for keys that are passed with each put. */
export const STORES = { kv: null, threads: "id", outbox: "client_id", drafts: null };

/**
 * The steps of the schema: number n, counted from 0, upgrades a database from version n to n + 1.
 *
 * Append steps, and never change a released one. A step gets `(db, transaction)`; it may only add
 * stores, indexes and properties: after a rollback the previous release reads the new schema.
 */
export const STEPS = [createStores];

/** Upgrade a database between two versions; a new one has the version 0. */
export function upgrade(db, from, to, transaction) {
  for (const step of STEPS.slice(from, to)) step(db, transaction);
}

function createStores(db) {
  db.createObjectStore("kv");
  db.createObjectStore("threads", { keyPath: "id" });
  db.createObjectStore("outbox", { keyPath: "client_id" });
  db.createObjectStore("drafts");
}
