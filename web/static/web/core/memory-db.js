/** Stand in for a database where the browser keeps none, with the few methods that are used. */
export class MemoryDatabase {
  #stores = new Map();

  /** `stores` names the property that is the key of each, or null. */
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

  /** Keep a copy, as a real database does. */
  put(value, key = value[this.keyPath]) {
    this.rows.set(key, structuredClone(value));
  }

  delete(key) {
    this.rows.delete(key);
  }
}
