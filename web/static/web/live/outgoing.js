import { Store } from "../core/store.js";
import { isSendable } from "../text/length.js";
import { account } from "./account.js";
import { outbox } from "./outbox.js";

/**
 * The outgoing half of a thread: what was written in it and waits in the outbox.
 *
 * Fires "returned" with `{text, seconds}` when a message came too fast: a box that is empty takes
 * the text back and calls preventDefault(); otherwise it waits in the outbox.
 */
export class Outgoing extends Store {
  #listening = new AbortController();

  constructor() {
    super();
    this.follow(outbox, "change", () => this.changed());
    this.follow(outbox, "returned", (event) => this.#passBack(event));
  }

  /** The entries of the outbox that belong here, in order. */
  get pending() {
    return [];
  }

  /** What the outbox has to know of a new entry: `{conversation_id}` or `{trainee_id}`. */
  get target() {
    return {};
  }

  /** How many seconds are left in which the server takes no message; 0 when it does. */
  get heldFor() {
    return outbox.heldFor;
  }

  /**
   * Put a text in line to be sent; resolves with `{clientId}` when it is kept.
   *
   * `{heldFor: seconds}` says that it was not taken: slow down, the text stays in the box. `{}` is
   * for a text that cannot be sent at all. Nothing is thrown.
   */
  async send(text) {
    if (outbox.heldFor) return { heldFor: outbox.heldFor };
    if (account.isReadOnly || !isSendable(text)) return {};
    const entry = await outbox.add({ ...this.target, content: text });
    return { clientId: entry.client_id };
  }

  retrySend(clientId) {
    return outbox.retry(clientId);
  }

  /** Take an entry out of the outbox; returns its text. */
  discardSend(clientId) {
    const text = outbox.get(clientId)?.content ?? "";
    outbox.remove(clientId);
    return text;
  }

  /** Listen to a store until this is closed. */
  follow(store, type, react) {
    store.addEventListener(type, react, { signal: this.#listening.signal });
  }

  close() {
    this.#listening.abort();
  }

  #passBack(event) {
    const { entry, seconds } = event.detail;
    if (!this.pending.some((each) => each.client_id === entry.client_id)) return;
    const init = { cancelable: true, detail: { text: entry.content, seconds } };
    const isTaken = !this.dispatchEvent(new CustomEvent("returned", init));
    if (isTaken) event.preventDefault();
  }
}
