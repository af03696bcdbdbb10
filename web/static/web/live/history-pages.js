import { getMessages } from "../core/endpoints.js";
import { ReadingPace } from "./reading-pace.js";

/** Loads the pages of a conversation's history into its timeline, by key. */
export class HistoryPages {
  #id;
  #timeline;
  #changed;
  #pace = new ReadingPace();

  /** `changed()` is called after each page. */
  constructor(id, timeline, changed) {
    this.#id = id;
    this.#timeline = timeline;
    this.#changed = changed;
  }

  /** Add the page before the oldest message; throws ApiError. */
  async loadOlder() {
    const before = this.#timeline.messages[0].id;
    const page = await getMessages(this.#id, { before, limit: this.#pace.nextSize() });
    // A reset may have replaced the history.
    if (this.#timeline.messages[0]?.id === before) this.#timeline.addOlder(page);
    this.#changed();
  }
}
