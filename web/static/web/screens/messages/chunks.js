const CHUNK_SIZE = 40;

/**
 * Split the items of a day into chunks that keep their members for as long as the thread is open.
 *
 * The browser skips chunks that are off the screen (`content-visibility`), which keeps thousands
 * of messages smooth. Older pages make chunks of their own: items never move into another element.
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
 * Let the browser skip chunks from now on, each after it was laid out once: its true size is then
 * remembered, and nothing jumps when it comes on the screen. The newest one may still grow.
 */
export function settleChunks(scroller) {
  const settle = () => {
    const fresh = [...scroller.querySelectorAll(".chunk:not(.settled)")];
    for (const chunk of fresh.slice(0, -1)) chunk.classList.add("settled");
  };
  // The first frame lays out; the size is remembered at its end.
  requestAnimationFrame(() => requestAnimationFrame(settle));
}
