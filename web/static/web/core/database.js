import { deleteDB, openDB } from "idb";
import { STEPS, STORES, upgrade } from "./schema.js";
import { storedUser } from "./web-storage.js";

// Another tab can delay the opening, for example if it is frozen and keeps an older version open.
const OPENING_MS = 3_000;
const RETRY_MS = 30_000;

const PREFIX = "messaging-";
const nameOf = (userId) => `${PREFIX}${userId}`;

/**
 * The data that this device stores for one user; each user has a separate database.
 *
 * `kv` stores single values, `threads` the newest messages of each conversation with its version,
 * `outbox` unsent messages, and `drafts` unfinished messages. Without `persistent` or IndexedDB,
 * rows are kept in memory and lost with the page. If IndexedDB fails, or takes more than 3 s to
 * open, rows are kept in memory until it opens; then they are copied into it, and "opened" fires.
 *
 * Errors, such as a full disk, are logged and not thrown, because the client must keep working.
 */
export class Database extends EventTarget {
  #userId;
  #opening;
  #isClosed = false;

  constructor(userId, { persistent = true } = {}) {
    super();
    this.#userId = userId;
    this.#opening = persistent && globalThis.indexedDB ? this.#open() : makeMemory();
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

  /** Replace a row, unless it has been deleted. */
  replace(name, row) {
    return this.#try(async (db) => {
      const { store, done } = db.transaction(name, "readwrite");
      if (await store.get(row[store.keyPath])) await store.put(row);
      await done;
    });
  }

  close() {
    this.#isClosed = true;
    return this.#try((db) => db.close());
  }

  /** Commit without waiting for the requests; otherwise a closing page would lose the change. */
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
      console.warn("This device could not store or read data:", error);
      return undefined;
    }
  }

  async #do(work) {
    const opening = this.#opening;
    try {
      return await work(await opening);
    } catch (error) {
      // WebKit loses its connection to the database's process until it is opened again.
      const isLost = error.name === "UnknownError" && !this.#isClosed;
      if (!isLost && !this.#wasClosedByOther(error)) throw error;
      if (opening === this.#opening) this.#opening = this.#open();
      return work(await this.#opening);
    }
  }

  /** Return whether the connection closed because another tab upgrades or deletes the database. */
  #wasClosedByOther(error) {
    const isClosed = error.name === "InvalidStateError" && !this.#isClosed;
    return isClosed && storedUser.read()?.id === this.#userId;
  }

  // Opening
  // ------------------------------------------------------------------------------
  /** Resolve with the database or, if it does not open in time, with an in-memory database. */
  async #open() {
    const opening = connect(this.#userId);
    const tooLate = new Promise((resolve) => setTimeout(resolve, OPENING_MS, null));
    const db = await Promise.race([opening.catch(() => null), tooLate]);
    return db ?? this.#useMemory(opening);
  }

  async #useMemory(opening) {
    const memory = await makeMemory();
    this.#openLate(opening, memory);
    return memory;
  }

  /** Wait until the database opens, or retry; then use it instead of the in-memory database. */
  async #openLate(opening, memory) {
    const db = await opening.catch(() => null);
    if (this.#isClosed) return db?.close();
    if (!db) return setTimeout(() => this.#retry(memory), RETRY_MS);
    this.#opening = copyRows(memory, db).then(() => db);
    await this.#opening;
    return this.dispatchEvent(new Event("opened"));
  }

  #retry(memory) {
    if (!this.#isClosed) this.#openLate(connect(this.#userId), memory);
  }
}

/** Rarely needed, so not part of the first load. */
async function makeMemory() {
  const { MemoryDatabase } = await import("./memory-database.js");
  return new MemoryDatabase(STORES);
}

async function connect(userId) {
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

async function copyRows(memory, db) {
  // Wait for writes that have begun, because they still go to memory.
  await new Promise((resolve) => setTimeout(resolve));
  for (const [name, keyPath] of Object.entries(STORES)) {
    const keys = await memory.getAllKeys(name);
    for (const key of keys) {
      await db.put(name, await memory.get(name, key), ...(keyPath ? [] : [key]));
    }
  }
}

/** Delete everything that this device stores for a user. */
export async function deleteDatabase(userId) {
  if (globalThis.indexedDB) await deleteDB(nameOf(userId)).catch(() => {});
}

/** Delete what the server has sent to a user; what the user wrote and has not sent stays. */
export async function deleteReceived(userId) {
  try {
    const db = await connect(userId);
    await Promise.all([db.clear("threads"), db.delete("kv", "inbox")]);
    db.close();
  } catch {
    await deleteDatabase(userId);
  }
}

/** Delete the data of everybody else who has used this browser. */
export async function deleteOthers(userId) {
  const found = (await globalThis.indexedDB?.databases?.().catch(() => [])) ?? [];
  const others = found.map(({ name }) => name).filter((name) => name.startsWith(PREFIX));
  const due = others.filter((name) => name !== nameOf(userId));
  await Promise.all(due.map((name) => deleteDB(name).catch(() => {})));
}
