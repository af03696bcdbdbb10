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
  #changes = 0;

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

  /** Reload all loaded pages, because rows have changed on the server; on failure the rows stay. */
  async refresh() {
    if (this.status !== "ready") return;
    const before = this.#changes;
    const pages = await this.#fetchLoaded().catch(keepRows);
    if (pages === null) return;
    // Another request or action has changed the rows meanwhile.
    if (before !== this.#changes) return this.refresh();
    this.#take(pages.at(-1), pages.length, () => {
      this.items = unique(pages.flatMap((page) => page.results));
    });
    this.changed();
  }

  async #fetchLoaded() {
    const pages = [await this.#fetchPage(1)];
    while (pages.at(-1).next !== null && pages.length < this.#page) {
      pages.push(await this.#fetchPage(pages.length + 1));
    }
    return pages;
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
    this.#changes += 1;
    this.changed();
  }

  remove(id) {
    this.items = this.items.filter((each) => each.id !== id);
    this.total -= 1;
    this.#changes += 1;
    this.changed();
  }

  async #get(number, take) {
    const run = ++this.#runs;
    this.#changes += 1;
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
    keepRows(error);
    this.error = error;
    if (this.status === "loading") this.status = "error";
  }
}

/** Return null for an ApiError; throw other errors, which are bugs. */
function keepRows(error) {
  if (error.status === undefined) throw error;
  return null;
}

/** Return rows without those that have shifted to the next page meanwhile. */
function unique(rows) {
  return [...new Map(rows.map((each) => [each.id, each])).values()];
}
