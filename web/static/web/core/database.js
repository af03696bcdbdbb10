import { connect } from "./schema.js";
import { feature, storedUser } from "./web-storage.js";

// Another tab can delay the opening, for example if it is frozen and keeps an older version open.
const OPENING_MS = 3_000;
const RETRY_MS = 30_000;

/**
 * The data that this device stores for one user; each user has a separate database.
 *
 * `kv` stores single values, `threads` the newest messages of each conversation with its version,
 * `outbox` unsent messages, and `drafts` unfinished messages. Rows that cannot be stored are kept in
 * memory and lost with the page: without `persistent` or IndexedDB, on a full disk, or if IndexedDB
 * fails or takes more than 3 s to open. They are stored as soon as that works again.
 *
 * Fires "kept" if `keeps` may have changed, and "opened" when a database that took too long has
 * opened. Errors are logged and not thrown, because the client must keep working.
 */
export class Database extends EventTarget {
  #userId;
  #persistent;
  // A promise of the database, or of null while it cannot be used.
  #disk;
  #isUsable = true;
  // UnsavedRows, once there are any.
  #unsaved = null;
  #loading = null;
  #timer = 0;
  #isClosed = false;

  constructor(userId, { persistent = true } = {}) {
    super();
    this.#userId = userId;
    this.#persistent = persistent && Boolean(feature("indexedDB"));
    this.#isUsable = this.#persistent;
    this.#disk = this.#persistent ? this.#open() : this.#load().then(() => null);
  }

  /** Return whether the rows of a store will be there after the page was closed, as far as known. */
  keeps(store) {
    return this.#isUsable && !this.#unsaved?.has(store);
  }

  get(store, key) {
    return this.#try((db) => this.#unsaved?.get(store, key) ?? db?.get(store, key));
  }

  /** Return all rows of a store that has a key path. */
  async getAll(store) {
    const rows = (await this.#try((db) => db?.getAll(store))) ?? [];
    return this.#unsaved ? this.#unsaved.addRows(store, rows) : rows;
  }

  /** Return the keys of all rows, ascending. */
  async keys(store) {
    const keys = (await this.#try((db) => db?.getAllKeys(store))) ?? [];
    return this.#unsaved ? this.#unsaved.addKeys(store, keys) : keys;
  }

  async put(store, ...row) {
    // The row must not be replaced by its older value when that is stored later.
    if (this.#unsaved?.replace(store, ...row)) return this.#saveAll();
    if (!(await this.#save(store, ...row))) return this.#keep(store, ...row);
    await this.#loading;
    this.#unsaved?.discard(store, ...row);
    if (this.#unsaved?.size) this.#saveAll();
  }

  delete(store, key) {
    this.#unsaved?.delete(store, key);
    return this.#write(store, (rows) => rows.delete(key));
  }

  /** Replace a row, unless it has been deleted. */
  async replace(name, row) {
    if (this.#unsaved?.replace(name, row)) return this.#saveAll();
    await this.#try(async (db) => {
      if (!db) return;
      const { store, done } = db.transaction(name, "readwrite");
      if (await store.get(row[store.keyPath])) await store.put(row);
      await done;
    });
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    return this.#try((db) => db?.close());
  }

  // Unsaved rows
  // ------------------------------------------------------------------------------
  async #keep(...row) {
    if (this.#persistent && !this.#isSignedIn) return;
    await this.#load();
    this.#unsaved?.put(...row);
    this.#changed();
  }

  /** Load what is rarely needed, and therefore not part of the first load. */
  #load() {
    this.#loading ??= import("./unsaved-rows.js").then(
      ({ UnsavedRows }) => (this.#unsaved = new UnsavedRows()),
      () => (this.#isUsable = false),
    );
    return this.#loading;
  }

  async #saveAll() {
    await this.#unsaved?.save((...row) => this.#save(...row));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("kept"));
    clearTimeout(this.#timer);
    if (this.#isClosed || !this.#persistent || !this.#unsaved?.size) return;
    this.#timer = setTimeout(() => this.#saveAll(), RETRY_MS);
  }

  // The database
  // ------------------------------------------------------------------------------
  /** Store a row; return whether it succeeded. */
  #save(store, ...row) {
    return this.#write(store, (rows) => rows.put(...row));
  }

  /** Commit without waiting for the requests; otherwise a closing page would lose the change. */
  #write(name, change) {
    return this.#try(async (db) => {
      if (!db) return false;
      const transaction = db.transaction(name, "readwrite");
      const changed = change(transaction.store);
      transaction.commit();
      await Promise.all([changed, transaction.done]);
      return true;
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
    const disk = this.#disk;
    try {
      return await work(await disk);
    } catch (error) {
      // WebKit loses its connection to the database's process until it is opened again.
      const isLost = error.name === "UnknownError" && !this.#isClosed;
      if (!isLost && !this.#wasClosedByOther(error)) throw error;
      if (disk === this.#disk) this.#disk = this.#open();
      return work(await this.#disk);
    }
  }

  /** Return whether the connection closed because another tab upgrades or deletes the database. */
  #wasClosedByOther(error) {
    return error.name === "InvalidStateError" && !this.#isClosed && this.#isSignedIn;
  }

  get #isSignedIn() {
    return storedUser.read()?.id === this.#userId;
  }

  // Opening
  // ------------------------------------------------------------------------------
  /** Resolve with the database, or with null if it does not open in time. */
  async #open() {
    const opening = connect(this.#userId);
    const tooLate = new Promise((resolve) => setTimeout(resolve, OPENING_MS, null));
    const db = await Promise.race([opening.catch(() => null), tooLate]);
    this.#isUsable = db !== null;
    if (!db) await this.#load();
    if (!db) this.#openLate(opening);
    this.#changed();
    return db;
  }

  /** Wait until the database opens, or retry; then store the rows in it. */
  async #openLate(opening) {
    const db = await opening.catch(() => null);
    if (this.#isClosed) return db?.close();
    if (!db) return setTimeout(() => this.#retry(), RETRY_MS);
    this.#disk = Promise.resolve(db);
    this.#isUsable = true;
    await this.#saveAll();
    return this.dispatchEvent(new Event("opened"));
  }

  #retry() {
    if (!this.#isClosed) this.#openLate(connect(this.#userId));
  }
}
