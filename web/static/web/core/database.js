import { deleteDB, openDB } from "idb";
import { MemoryDatabase } from "./memory-database.js";
import { storedUser } from "./web-storage.js";

const VERSION = 1;
// A tab that sleeps can hold up the deletion of a database, and with it whoever opens it anew.
const OPENING_MS = 3_000;
/** The stores with the property that is their key; `null` where the key is given with each put. */
const STORES = { kv: null, threads: "id", outbox: "client_id", drafts: null };

const nameOf = (userId) => `messaging-${userId}`;

/**
 * Open what this device keeps for one user: `get`, `getAll`, `keys`, `put`, `delete` by store.
 *
 * `kv` has single values, `threads` the newest messages of each conversation with its version,
 * `outbox` what waits to be sent, `drafts` what is being written. One database a user, so that
 * nobody ever sees what is somebody else's. Where nothing may or can be kept (`persistent` false, a
 * private window) it is held in memory, and gone with the page.
 */
export function openDatabase(userId, { persistent = true } = {}) {
  return new Database(userId, () => connect(userId, persistent));
}

async function connect(userId, persistent) {
  if (!persistent || !globalThis.indexedDB) return new MemoryDatabase(STORES);
  try {
    return await Promise.race([openDB(nameOf(userId), VERSION, { upgrade, blocking }), tooLate()]);
  } catch {
    return new MemoryDatabase(STORES);
  }
}

function tooLate() {
  const error = new Error("Another tab holds up the database.");
  return new Promise((_, reject) => setTimeout(() => reject(error), OPENING_MS));
}

function upgrade(db) {
  for (const [name, keyPath] of Object.entries(STORES)) {
    db.createObjectStore(name, keyPath ? { keyPath } : undefined);
  }
}

/** Give way to another tab that deletes this database, or brings a newer version of it. */
function blocking(_current, _wanted, event) {
  event.target.close();
}

/** What is kept is a help: a full disk or a database that was deleted must stop nothing else. */
class Database {
  #userId;
  #connect;
  #opening;

  constructor(userId, connect) {
    this.#userId = userId;
    this.#connect = connect;
    this.#opening = connect();
  }

  get(store, key) {
    return this.#try((db) => db.get(store, key));
  }

  async getAll(store) {
    return (await this.#try((db) => db.getAll(store))) ?? [];
  }

  /** Return the keys of all rows, ascending. */
  async keys(store) {
    return (await this.#try((db) => db.getAllKeys(store))) ?? [];
  }

  put(store, ...row) {
    return this.#write(store, (rows) => rows.put(...row));
  }

  delete(store, key) {
    return this.#write(store, (rows) => rows.delete(key));
  }

  /** Put a row in the place of the one with its key, unless that was deleted. */
  replace(name, row) {
    return this.#try(async (db) => {
      const { store, done } = db.transaction(name, "readwrite");
      if (await store.get(row[store.keyPath])) await store.put(row);
      await done;
    });
  }

  close() {
    return this.#try((db) => db.close());
  }

  /** Commit without waiting for answers: a page that is left would take the change with it. */
  #write(name, change) {
    return this.#try(async (db) => {
      const transaction = db.transaction(name, "readwrite");
      const changed = change(transaction.store);
      transaction.commit();
      await Promise.all([changed, transaction.done]);
    });
  }

  async #try(work) {
    try {
      return await this.#do(work);
    } catch (error) {
      console.warn("This device keeps nothing:", error);
      return undefined;
    }
  }

  async #do(work) {
    const opening = this.#opening;
    try {
      return await work(await opening);
    } catch (error) {
      if (!this.#isTakenAway(error)) throw error;
      if (opening === this.#opening) this.#opening = this.#connect();
      return work(await this.#opening);
    }
  }

  /** Tell whether another tab had it deleted, and its owner has signed in again since. */
  #isTakenAway(error) {
    return error.name === "InvalidStateError" && storedUser.read()?.id === this.#userId;
  }
}

/** Delete everything that this device keeps for a user. */
export async function deleteDatabase(userId) {
  if (globalThis.indexedDB) await deleteDB(nameOf(userId)).catch(() => {});
}
