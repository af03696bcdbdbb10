import { listConversations } from "../core/endpoints.js";

const PAGE_SIZE = 50;

/**
 * Hold the first so many conversations of the server's order, active or archived.
 *
 * Rows move between pages while they are read: each is held once, in its newest state, and what a
 * shift could have hidden is looked for again.
 */
export class ConversationList {
  /** Newest activity first. */
  conversations = [];
  /** "idle" before `load`, "loading", "ready" (also with what was kept) or "error". */
  status = "idle";
  hasMore = false;
  /** Whether the server has been asked; before that it is what this device kept. */
  isFresh = false;
  #byId = new Map();
  #isArchive;
  #count = 0;
  // What frames brought while pages were on their way is newer than any page.
  #touched = new Set();
  // Those that left, with their version: a page that was read before must not bring them back.
  #left = new Map();
  #loading = Promise.resolve();

  constructor({ isArchive }) {
    this.#isArchive = isArchive;
  }

  get(id) {
    return this.#byId.get(id) ?? null;
  }

  /** Begin with what was kept, unless the server was quicker. */
  restore(rows) {
    if (this.isFresh) return;
    this.#keep(rows);
    this.status = "ready";
  }

  /** Take a conversation as it stands now: insert, replace or move it, or take it out. */
  put(row) {
    this.#touched.add(row.id);
    if (row.is_archived === this.#isArchive) {
      if (!this.#isBelowAll(row)) this.#keep([row]);
    } else {
      this.#left.set(row.id, row.version);
      this.#discard([row.id]);
    }
  }

  /** Tell whether a row stands below what is loaded, where it will come with its page. */
  #isBelowAll(row) {
    const last = this.conversations.at(-1);
    return !this.#byId.has(row.id) && this.hasMore && last && byActivity(last, row) < 0;
  }

  /** Load afresh; what is held stays when that fails. `onStatus` hears of a changed `status`. */
  async load(onStatus) {
    if (this.status !== "ready") this.status = "loading";
    onStatus();
    try {
      await this.refresh();
    } catch {
      if (this.status === "loading") this.status = "error";
    }
    onStatus();
  }

  /** Load afresh all that is held, or the newest page alone; throws ApiError. */
  refresh({ all = true } = {}) {
    return this.#inTurn(() => this.#refresh(all ? this.#pagesFor(this.conversations.length) : 1));
  }

  /** Load the next page; throws ApiError. */
  loadMore() {
    return this.#inTurn(() => (this.isFresh ? this.#loadMore() : this.#refresh(1)));
  }

  async #loadMore() {
    const known = this.#count;
    const page = await this.#load(Math.floor(this.conversations.length / PAGE_SIZE) + 1);
    this.#keep(page.results);
    this.#setEnd(page);
    // Rows moved up past the pages that are here when some left the list.
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
    this.#setEnd(page);
  }

  /** Take out what the server does not list any more, among as many rows as were asked for. */
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
      // The list has become shorter than that.
      if (error.status === 404) return { results: [], count: this.#count, next: null };
      throw error;
    }
  }

  #setEnd({ count }) {
    this.#count = count;
    this.hasMore = this.conversations.length < count;
  }

  #pagesFor(rows) {
    return Math.max(1, Math.ceil(rows / PAGE_SIZE));
  }

  /** One after the other: two that load at once would each miss what the other finds. */
  #inTurn(work) {
    const turn = this.#loading.then(work);
    this.#loading = turn.catch(() => {});
    return turn;
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

/** Compare as the server orders: newest activity first, then the higher id. */
function byActivity(a, b) {
  const [one, other] = [a.last_message_at ?? "", b.last_message_at ?? ""];
  if (one !== other) return one < other ? 1 : -1;
  return b.id - a.id;
}
