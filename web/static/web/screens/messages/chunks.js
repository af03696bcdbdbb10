const CHUNK_SIZE = 20;

/**
 * Splits the items of a day into chunks; an item stays in its chunk while the thread is open.
 *
 * Chunks that are far from the screen leave the page (near-chunks.js). Each page that loads gets new
 * chunks, so items never move to another element.
 */
export class Chunks {
  #chunkOf = new Map();
  #count = 0;

  /** Return the key of an item's chunk. */
  keyOf(item) {
    return this.#chunkOf.get(item.key);
  }

  split(items) {
    this.#assign(items);
    const chunks = [];
    for (const item of items) {
      const key = this.#chunkOf.get(item.key);
      if (chunks.at(-1)?.key !== key) chunks.push({ key, items: [] });
      chunks.at(-1).items.push(item);
    }
    return chunks;
  }

  #assign(items) {
    let current;
    let size = 0;
    for (const item of items) {
      const own = this.#chunkOf.get(item.key);
      if (own === undefined && (current === undefined || size >= CHUNK_SIZE)) {
        current = ++this.#count;
        size = 0;
      }
      if (own !== undefined && own !== current) [current, size] = [own, 0];
      size += 1;
      this.#chunkOf.set(item.key, current);
    }
  }
}
