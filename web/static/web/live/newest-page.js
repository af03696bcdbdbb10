import { getMessages } from "../core/endpoints.js";

const PAGE_SIZE = 20;

/** Loads the newest messages of a conversation into its timeline. */
export class NewestPage {
  #id;
  #timeline;
  #loading = null;
  #resets = 0;

  constructor(id, timeline) {
    this.#id = id;
    this.#timeline = timeline;
  }

  /** Load the page; concurrent callers share one request. Throws ApiError. */
  load() {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** Discard a page that is loading, because the timeline was reset. */
  invalidate() {
    this.#resets += 1;
  }

  async #load() {
    let page, resets;
    do {
      resets = this.#resets;
      page = await getMessages(this.#id, { before: Number.MAX_SAFE_INTEGER, limit: PAGE_SIZE });
    } while (resets !== this.#resets);
    this.#timeline.begin(page);
  }
}
