const CHUNK_SIZE = 40;

/**
 * Splits the items of a day into chunks; an item stays in its chunk while the thread is open.
 *
 * The browser skips rendering chunks off the screen (`content-visibility`), so that thousands of
 * messages scroll smoothly. Older pages get new chunks, so items never move to another element.
 */
export class Chunks {
  #chunkOf = new Map();
  #count = 0;

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

/**
 * Allow the browser to skip chunks that have been laid out once.
 *
 * The browser then knows their sizes, so nothing jumps. The newest chunk is left out: it may grow.
 */
export function settleChunks(scroller) {
  const settle = () => {
    const fresh = [...scroller.querySelectorAll(".chunk:not(.settled)")];
    for (const chunk of fresh.slice(0, -1)) chunk.classList.add("settled");
  };
  // The browser remembers the size at the end of the first frame.
  requestAnimationFrame(() => requestAnimationFrame(settle));
}
