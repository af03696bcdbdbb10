import { router } from "../../core/router.js";

/**
 * Shows the message that the address of a thread names, `?message=<id>`, so that it survives a reload.
 *
 * The host has `messageId` and a `message-history`. A "jump" event with `{messageId}`, from a quote for
 * example, changes the address; "newest", from the history, removes the message from it.
 */
export class MessageRoute {
  #host;
  // The host's `messageId` of the last update.
  #knownId = null;
  #isLeaving = false;

  constructor(host) {
    this.#host = host;
    host.addController(this);
    host.addEventListener("jump", ({ detail }) => this.#jumpTo(detail.messageId));
    host.addEventListener("newest", () => this.#leave());
  }

  hostUpdated() {
    const { messageId } = this.#host;
    if (messageId === this.#knownId || !this.#history) return;
    this.#knownId = messageId;
    if (messageId) this.#history.jumpTo(messageId);
    else if (!this.#isLeaving) this.#history.goToNewest(); // the user went back
    this.#isLeaving = false;
  }

  get #history() {
    return this.#host.querySelector("message-history");
  }

  #jumpTo(messageId) {
    if (messageId === this.#host.messageId) this.#history?.jumpTo(messageId);
    else router.navigate(`${location.pathname}?message=${messageId}`, { replace: true });
  }

  #leave() {
    if (!this.#host.messageId) return;
    this.#isLeaving = true;
    router.navigate(location.pathname, { replace: true });
  }
}
