import { t } from "../../text/translate.js";
import { toast } from "../../ui/toast.js";

const NOT_FOUND = 404;
const MARKED_MS = 2_500;
const HEADROOM_PX = 80;

/** Shows one message of a history: loads it with its surroundings, scrolls to it, and marks it for a while. */
export class Jump {
  #host;
  // `{id, isLoaded}` until the message is on the screen, or null.
  #wanted = null;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  get isLoading() {
    return this.#wanted?.isLoaded === false;
  }

  /** Whether the message is loaded, and is shown as soon as it is rendered. */
  get isDue() {
    return this.#wanted?.isLoaded === true;
  }

  async to(id) {
    const wanted = { id, isLoaded: false };
    this.#wanted = wanted;
    const error = await this.#host.thread.jumpTo(id).then(() => null, (reason) => reason);
    if (wanted !== this.#wanted) return;
    wanted.isLoaded = true;
    if (error) this.#fail(error);
    this.#host.requestUpdate();
  }

  cancel() {
    this.#wanted = null;
  }

  hostUpdated() {
    if (!this.isDue || !this.#host.isPlaced || !this.#host.scroller) return;
    const { id } = this.#wanted;
    const row = this.#host.rowOf(id);
    if (row) this.#show(row);
    else if (!this.#host.reveal(id)) this.#wanted = null;
  }

  #fail(error) {
    this.#wanted = null;
    toast(error.status === NOT_FOUND ? t("history.messageGone") : error.message);
  }

  #show(row) {
    this.#wanted = null;
    const { scroller } = this.#host;
    const { top, height } = row.getBoundingClientRect();
    const view = scroller.getBoundingClientRect();
    const room = Math.max((view.height - height) / 2, HEADROOM_PX);
    scroller.scrollTop += top - view.top - room;
    row.toggleAttribute("data-found", true);
    setTimeout(() => row.removeAttribute("data-found"), MARKED_MS);
    // Screen readers read it, and keys go on from it.
    if (!row.hasAttribute("tabindex")) row.tabIndex = -1;
    row.focus({ preventScroll: true });
  }
}
