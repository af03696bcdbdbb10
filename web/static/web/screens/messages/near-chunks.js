// Distances from the screen, in heights of the screen.
const SHOWN_WITHIN = 2;
const KEPT_WITHIN = 4;
// The height of a message that was never measured.
const ESTIMATE_PX = 48;

/**
 * Decides which chunks of a history are in the page: those near the screen, and those in use.
 *
 * The others are replaced by empty space of their measured height, so that the number of nodes does
 * not grow with the history. A chunk is in the page at least once, to be measured. A chunk with the focus
 * or a part of the selection stays.
 */
export class NearChunks {
  #units = [];
  #measured = new Map();
  #shown = new Set();
  #inPage = new Set();
  #pinned = null;

  /** Record the days that are going to be rendered, each with its `key` and its `chunks`. */
  layOut(days) {
    const headOf = ({ key }) => ({ key, size: 1, isHead: true });
    const unitsOf = ({ key, items }) => ({ key, size: items.length, isHead: false });
    this.#units = days.flatMap((day) => [headOf(day), ...day.chunks.map(unitsOf)]);
    const shown = days.flatMap(({ chunks }) => chunks.filter((each) => this.isShown(each)));
    this.#inPage = new Set(shown.map(({ key }) => key));
  }

  /** Return whether a chunk has to be in the page. */
  isShown({ key, items }) {
    return this.#shown.has(key) || this.#measured.get(key)?.size !== items.length;
  }

  /** Return the height of a chunk, or of the head of a day, by its key. */
  heightOf(key, size = 1) {
    return this.#measured.get(key)?.height ?? size * ESTIMATE_PX;
  }

  /** Keep a chunk in the page, wherever it is, until another is pinned. */
  pin(key) {
    this.#pinned = key;
    if (key !== null) this.#shown.add(key);
  }

  /** Measure what is in the page; call after each rendering. */
  measure(scroller) {
    const sizes = new Map(this.#units.map(({ key, size }) => [key, size]));
    for (const chunk of scroller.querySelectorAll(".chunk")) {
      const key = Number(chunk.dataset.chunk);
      const { height } = chunk.getBoundingClientRect();
      this.#measured.set(key, { height, size: sizes.get(key) });
    }
    for (const day of scroller.querySelectorAll(".day")) {
      const height = topOf(day.children[1]) - topOf(day);
      this.#measured.set(day.dataset.day, { height, size: 1 });
    }
  }

  /**
   * Decide again; return whether the history has to be rendered.
   *
   * `scrollTop` is 0 at the end and negative above. A chunk leaves at a greater distance than it
   * comes, so that small movements change nothing.
   */
  update(scroller) {
    const { clientHeight: screen, scrollTop } = scroller;
    const inUse = chunksInUse(scroller).add(this.#pinned);
    const shown = new Set();
    let end = 0; // of the unit, above the end of the history
    for (let index = this.#units.length - 1; index >= 0; index -= 1) {
      const { key, size, isHead } = this.#units[index];
      const start = end + this.heightOf(key, size);
      const distance = Math.max(end + scrollTop - screen, -scrollTop - start) / screen;
      end = start;
      const limit = this.#inPage.has(key) ? KEPT_WITHIN : SHOWN_WITHIN;
      if (!isHead && (distance <= limit || inUse.has(key))) shown.add(key);
    }
    this.#shown = shown;
    return shown.size !== this.#inPage.size || [...shown].some((key) => !this.#inPage.has(key));
  }
}

function topOf(element) {
  return element.getBoundingClientRect().top;
}

/** Return the keys of the chunks that have the focus, or a part of the selection. */
function chunksInUse(scroller) {
  const selection = getSelection();
  const range = selection.isCollapsed ? null : selection.getRangeAt(0);
  const isInUse = (chunk) => chunk.matches(":focus-within") || range?.intersectsNode(chunk);
  const found = [...scroller.querySelectorAll(".chunk")].filter(isInUse);
  return new Set(found.map(({ dataset }) => Number(dataset.chunk)));
}
