import { changes } from "./changes.js";
import { Outgoing } from "./outgoing.js";

/** The half of a thread that shows its history: the newest messages, or those around one in the past. */
export class ShownHistory extends Outgoing {
  isLoadingOlder = false;
  isLoadingNewer = false;
  source;

  /** `source` is a ThreadSource. */
  constructor(source) {
    super();
    this.source = source;
  }

  /**
   * What is shown, ascending by id: the newest messages, or those around a message of the past.
   *
   * The user's unconfirmed changes are applied.
   */
  get messages() {
    return changes.applyTo(this.id, this.source.timeline.shown.messages);
  }

  get newestMessages() {
    return this.source.timeline.messages;
  }

  get hasOlder() {
    const { past, isLoaded, hasOlder } = this.source.timeline;
    return past?.hasOlder ?? (isLoaded && hasOlder);
  }

  /** Whether `messages` ends before the newest messages. */
  get hasNewer() {
    return this.source.timeline.past !== null;
  }

  /** Load the page before the oldest message, unless one is loading; throws ApiError. */
  async loadOlder() {
    if (this.hasOlder) await this.#loadPage("isLoadingOlder", () => this.source.pages.loadOlder());
  }

  /** Load the page after the last message that is shown, as `loadOlder` does. */
  async loadNewer() {
    if (this.hasNewer) await this.#loadPage("isLoadingNewer", () => this.source.pages.loadNewer());
  }

  /** Show a message with its surroundings; throws ApiError. */
  jumpTo(messageId) {
    return this.source.pages.jumpTo(messageId);
  }

  /** Show the newest messages again. */
  showNewest() {
    this.source.pages.showNewest();
  }

  async #loadPage(flag, load) {
    if (this[flag]) return;
    this[flag] = true;
    this.changed();
    try {
      await load();
    } finally {
      this[flag] = false;
      this.changed();
    }
  }
}
