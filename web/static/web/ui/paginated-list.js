import { Store } from "../core/store.js";

/** A list from the API, loaded page by page. */
export class PaginatedList extends Store {
  /** "loading", "ready" or "error". */
  status = "loading";
  error = null;
  items = [];
  /** The number of rows on the server. */
  total = 0;
  hasMore = false;
  isLoadingMore = false;
  #fetchPage;
  #page = 0;
  #runs = 0;

  /** `fetchPage(number)` returns `{count, next, results}`. */
  constructor(fetchPage) {
    super();
    this.#fetchPage = fetchPage;
  }

  /** Reload from the first page; the current rows stay until the response. */
  async load() {
    this.status = this.items.length > 0 ? "ready" : "loading";
    this.error = null;
    await this.#getFirst();
  }

  /** Load the next page, unless one is loading; an error keeps the rows. */
  async loadMore() {
    if (!this.hasMore || this.isLoadingMore) return;
    this.isLoadingMore = true;
    this.error = null;
    await this.#getNext();
  }

  /** Repeat what has failed; the error stays until the response. */
  retry() {
    return this.status === "error" ? this.#getFirst() : this.#getNext();
  }

  #getFirst() {
    return this.#get(1, (page) => {
      this.items = page.results;
      this.status = "ready";
    });
  }

  #getNext() {
    return this.#get(this.#page + 1, (page) => {
      // Rows shift between pages when others are added.
      const known = new Set(this.items.map((each) => each.id));
      this.items = [...this.items, ...page.results.filter((each) => !known.has(each.id))];
    });
  }

  /** Replace a row, or insert a new one at the top. */
  put(item) {
    const index = this.items.findIndex((each) => each.id === item.id);
    if (index < 0) this.items = [item, ...this.items];
    else this.items = this.items.map((each, position) => (position === index ? item : each));
    if (index < 0) this.total += 1;
    this.changed();
  }

  remove(id) {
    this.items = this.items.filter((each) => each.id !== id);
    this.total -= 1;
    this.changed();
  }

  async #get(number, take) {
    const run = ++this.#runs;
    this.changed();
    const page = await this.#fetchPage(number).catch((error) => ({ error }));
    if (run !== this.#runs) return; // there is a newer request
    this.isLoadingMore = false;
    if (page.error) this.#fail(page.error);
    else this.#take(page, number, take);
    this.changed();
  }

  #take(page, number, take) {
    this.error = null;
    this.#page = number;
    this.total = page.count;
    this.hasMore = page.next !== null;
    take(page);
  }

  #fail(error) {
    if (error.status === undefined) throw error; // a bug, not an ApiError
    this.error = error;
    if (this.status === "loading") this.status = "error";
  }
}
