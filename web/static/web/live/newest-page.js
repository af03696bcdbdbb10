import { getMessages } from "../core/endpoints.js";

export const PAGE_SIZE = 20;

/** Begin a timeline with the newest messages of its conversation. */
export class NewestPage {
  #id;
  #timeline;
  #loading = null;
  #resets = 0;

  constructor(id, timeline) {
    this.#id = id;
    this.#timeline = timeline;
  }

  /** Load it, once for all who ask meanwhile; throws ApiError. */
  load() {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** Know that the timeline was reset: a page that is on its way was asked for too early. */
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
