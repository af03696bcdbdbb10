import { listConversations } from "../core/endpoints.js";

const PAGE_SIZE = 50;
const NOT_FOUND = 404;

/**
 * The first conversations in the server's order, active or archived, loaded page by page.
 *
 * Rows can shift between pages during loading. Each row is kept once, in its newest version, and
 * pages are reloaded if a shift may have skipped a row.
 */
export class ConversationList {
  /** Newest activity first. */
  conversations = [];
  /** "idle" before `load`, "loading", "ready" (also with cached rows) or "error". */
  status = "idle";
  /** Why the last load failed, or null. */
  error = null;
  hasMore = false;
  /** Whether the rows are from the server and not from the cache. */
  isFresh = false;
  #byId = new Map();
  #isArchive;
  #count = 0;
  // Rows that arrived in frames during loading; they are newer than the rows of the pages.
  #touched = new Set();
  // Removed rows with their versions, so that an older page does not restore them.
  #left = new Map();
  #loading = Promise.resolve();

  constructor({ isArchive }) {
    this.#isArchive = isArchive;
  }

  get(id) {
    return this.#byId.get(id) ?? null;
  }

  /** Start with cached rows, unless the server was faster. */
  restore(rows) {
    if (this.isFresh) return;
    this.#keep(rows);
    this.status = "ready";
  }

  /** Apply the new state of a conversation: insert, replace, move or remove it. */
  put(row) {
    this.#touched.add(row.id);
    if (row.is_archived === this.#isArchive) {
      if (!this.#isBelowAll(row)) this.#keep([row]);
    } else {
      this.#left.set(row.id, row.version);
      this.#discard([row.id]);
    }
  }

  /** Return whether a row is below all loaded rows, so that it will load with its page. */
  #isBelowAll(row) {
    const last = this.conversations.at(-1);
    return !this.#byId.has(row.id) && this.hasMore && last && byActivity(last, row) < 0;
  }

  /** Reload; with `isQuiet` a shown error stays until the response. Calls `onStatus` on changes. */
  async load(onStatus, { isQuiet = false } = {}) {
    if (this.status !== "ready" && !isQuiet) this.status = "loading";
    onStatus();
    try {
      await this.refresh();
    } catch (error) {
      this.error = error;
      if (this.status !== "ready") this.status = "error";
    }
    onStatus();
  }

  /** Reload all loaded pages, or only the first; throws ApiError. */
  refresh({ all = true } = {}) {
    return this.#queue(() => this.#refresh(all ? this.#pagesFor(this.conversations.length) : 1));
  }

  /** Load the next page; throws ApiError. */
  loadMore() {
    return this.#queue(() => (this.isFresh ? this.#loadMore() : this.#refresh(1)));
  }

  async #loadMore() {
    const known = this.#count;
    const page = await this.#load(Math.floor(this.conversations.length / PAGE_SIZE) + 1);
    this.#keep(page.results);
    this.#setEnd(page);
    // Rows shift into the loaded pages when others are removed.
    const hasHole = page.count < known || (!page.next && this.conversations.length < page.count);
    if (hasHole) await this.#refresh(this.#pagesFor(this.conversations.length + 1));
  }

  async #refresh(pages) {
    this.#touched.clear();
    const found = [];
    let page;
    for (let number = 1; number <= pages; number += 1) {
      page = await this.#load(number);
      found.push(...page.results);
      if (!page.next) break;
    }
    this.#dropUnseen(found, pages >= this.#pagesFor(this.conversations.length) || !page.next);
    this.#keep(found);
    this.isFresh = true;
    this.status = "ready";
    this.error = null;
    this.#setEnd(page);
  }

  /** Remove rows that the server no longer lists, within the range that was loaded. */
  #dropUnseen(found, isAll) {
    const seen = new Set(found.map((row) => row.id));
    const last = found.at(-1);
    const isDue = (row) => isAll || !last || byActivity(row, last) < 0;
    const isUnseen = (row) => !seen.has(row.id) && !this.#touched.has(row.id);
    const due = this.conversations.filter((row) => isUnseen(row) && isDue(row));
    this.#discard(due.map((row) => row.id));
  }

  async #load(page) {
    try {
      return await listConversations({ page, archived: this.#isArchive });
    } catch (error) {
      // The list has become shorter.
      if (error.status === NOT_FOUND) return { results: [], count: this.#count, next: null };
      throw error;
    }
  }

  #setEnd({ count }) {
    this.#count = count;
    this.hasMore = this.conversations.length < count;
  }

  #pagesFor = (rows) => Math.max(1, Math.ceil(rows / PAGE_SIZE));

  /** Run loads one after the other; concurrent loads would overwrite each other's rows. */
  #queue(work) {
    const result = this.#loading.then(work);
    this.#loading = result.catch(() => {});
    return result;
  }

  #keep(rows) {
    for (const row of rows) {
      const version = this.#byId.get(row.id)?.version ?? (this.#left.get(row.id) ?? -1) + 1;
      if (row.version >= version) this.#byId.set(row.id, row);
    }
    this.conversations = [...this.#byId.values()].sort(byActivity);
  }

  #discard(ids) {
    for (const id of ids) this.#byId.delete(id);
    this.conversations = this.conversations.filter((row) => this.#byId.has(row.id));
  }
}

/** The server's order: newest activity first, then the higher id. */
function byActivity(a, b) {
  const [one, other] = [a.last_message_at ?? "", b.last_message_at ?? ""];
  if (one !== other) return one < other ? 1 : -1;
  return b.id - a.id;
}
