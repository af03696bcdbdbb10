/** In-memory replacement for IndexedDB, with the methods that `Database` uses. */
export class MemoryDatabase {
  #stores = new Map();

  /** `stores` maps names to key paths, or null for out-of-line keys. */
  constructor(stores) {
    for (const [name, keyPath] of Object.entries(stores)) {
      this.#stores.set(name, new MemoryStore(keyPath));
    }
  }

  async get(name, key) {
    return this.#stores.get(name).get(key);
  }

  async getAll(name) {
    return [...this.#stores.get(name).rows.values()];
  }

  async getAllKeys(name) {
    return [...this.#stores.get(name).rows.keys()];
  }

  transaction(name) {
    return { store: this.#stores.get(name), done: Promise.resolve(), commit() {} };
  }

  close() {}
}

class MemoryStore {
  rows = new Map();

  constructor(keyPath) {
    this.keyPath = keyPath;
  }

  get(key) {
    return this.rows.get(key);
  }

  /** Store a copy, as IndexedDB does. */
  put(value, key = value[this.keyPath]) {
    this.rows.set(key, structuredClone(value));
  }

  delete(key) {
    this.rows.delete(key);
  }
}
