import { getMessages } from "../core/endpoints.js";
import { ReadingPace } from "./reading-pace.js";

// Several screens around the message that is jumped to.
const AROUND_SIZE = 60;

/** Loads the pages of a conversation's history into its timeline, by key. Its methods throw ApiError. */
export class HistoryPages {
  #id;
  #timeline;
  #changed;
  #pace = new ReadingPace();
  // The number of jumps; the response to an earlier one is discarded.
  #jumps = 0;

  /** `changed()` is called after each page. */
  constructor(id, timeline, changed) {
    this.#id = id;
    this.#timeline = timeline;
    this.#changed = changed;
  }

  /** Add the page before the oldest message that is shown. */
  async loadOlder() {
    const oldest = () => this.#timeline.shown.messages[0]?.id;
    await this.#load("before", oldest, (page) => this.#timeline.addOlder(page));
  }

  /** Add the page after the newest message of the past window. */
  async loadNewer() {
    const newest = () => this.#timeline.past?.messages.at(-1)?.id;
    await this.#load("after", newest, (page) => this.#timeline.addNewer(page));
  }

  /** Have a message loaded with its surroundings. A later jump replaces an earlier one. */
  async jumpTo(messageId) {
    const jump = ++this.#jumps;
    const has = ({ messages }) => messages.some(({ id }) => id === messageId);
    if (has(this.#timeline.shown)) return;
    if (has(this.#timeline)) this.showNewest();
    else await this.#loadAround(messageId, jump);
  }

  /** Load the past window again, after a reset. */
  async refresh() {
    if (this.#timeline.past) await this.#loadAround(this.#timeline.past.aroundId, ++this.#jumps);
  }

  showNewest() {
    this.#jumps += 1;
    this.#timeline.showNewest();
    this.#changed();
  }

  async #loadAround(messageId, jump) {
    const page = await getMessages(this.#id, { around: messageId, limit: AROUND_SIZE });
    if (jump !== this.#jumps) return;
    this.#timeline.showPast(page, messageId);
    this.#changed();
  }

  async #load(direction, edge, add) {
    const from = edge();
    const page = await getMessages(this.#id, { [direction]: from, limit: this.#pace.nextSize() });
    // A reset or a jump may have replaced the history.
    if (edge() === from) add(page);
    this.#changed();
  }
}
