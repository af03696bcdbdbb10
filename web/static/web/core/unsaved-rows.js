import { STORES } from "./schema.js";

/** Rows that the device could not store, by store and key; they are lost with the page. */
export class UnsavedRows {
  #stores = new Map(Object.keys(STORES).map((name) => [name, new Map()]));

  get size() {
    return [...this.#stores.values()].reduce((total, rows) => total + rows.size, 0);
  }

  /** Return whether there are rows of a store. */
  has(name) {
    return this.#stores.get(name).size > 0;
  }

  get(name, key) {
    return this.#stores.get(name).get(key);
  }

  /** Add a copy of a row, as IndexedDB does; `key` as for its `put`. A row without a key is ignored. */
  put(name, row, key = row[STORES[name]]) {
    if (key !== undefined) this.#stores.get(name).set(key, structuredClone(row));
  }

  /** Replace a row, if it is here; return whether it is. */
  replace(name, row, key = row[STORES[name]]) {
    const isHere = this.#stores.get(name).has(key);
    if (isHere) this.put(name, row, key);
    return isHere;
  }

  /** Forget a row that was stored; arguments as for `put`. */
  discard(name, row, key = row[STORES[name]]) {
    this.delete(name, key);
  }

  delete(name, key) {
    this.#stores.get(name).delete(key);
  }

  /** Return keys of a store, ascending, with those of the rows that are here. */
  addKeys(name, keys) {
    const all = new Set([...keys, ...this.#stores.get(name).keys()]);
    return [...all].sort((a, b) => (a < b ? -1 : 1));
  }

  /** Return rows of a store that has a key path, in the versions that are here. */
  addRows(name, rows) {
    const here = this.#stores.get(name);
    return [...rows.filter((row) => !here.has(row[STORES[name]])), ...here.values()];
  }

  /** Call `save` with each row, as `put` is called, until it returns false; forget the saved rows. */
  async save(save) {
    for (const [name, rows] of this.#stores) {
      for (const [key, row] of rows) {
        if (!(await save(name, row, ...(STORES[name] ? [] : [key])))) return;
        if (rows.get(key) === row) rows.delete(key);
      }
    }
  }
}
