import { Store } from "../core/store.js";
import { isSendable } from "../text/length.js";
import { account } from "./account.js";
import { changes } from "./changes.js";
import { outbox } from "./outbox.js";

/**
 * The outgoing half of a thread: its entries in the outbox.
 *
 * Each kind of thread has `pending`, its outbox entries in order, and `target`, the recipient of
 * new entries: `{conversation_id}` or `{trainee_id}`.
 *
 * Fires "returned" with `{text, replyTo, seconds}` when a message was throttled. An empty composer restores
 * the text and calls preventDefault(); otherwise the message waits in the outbox. Fires "cancelled" with
 * `{text, replyTo}` when a message was taken out of the outbox, so that the user can change it.
 */
export class Outgoing extends Store {
  #listening = new AbortController();

  constructor() {
    super();
    for (const store of [outbox, changes]) {
      this.follow(store, "change", () => this.changed());
      this.follow(store, "sent", ({ detail }) => this.arrived(detail.message));
    }
    this.follow(outbox, "returned", (event) => this.#returned(event));
  }

  /** Seconds until the throttle ends; 0 if there is no throttle. */
  get heldFor() {
    return outbox.heldFor;
  }

  /** Whether messages that wait stay when the page is closed. */
  get isKept() {
    return outbox.isKept;
  }

  /**
   * Queue a text with photos of a PhotoDraft, as an answer to a message if `replyTo` is its id; resolves
   * with `{clientId}` once stored.
   *
   * During a throttle, resolves with `{heldFor: seconds}`, and the composer must keep the text. If
   * there is no photo and no text, or if that is too long, resolves with `{}`. Never throws.
   */
  async send(text, { replyTo = null, photos = [] } = {}) {
    if (outbox.heldFor) return { heldFor: outbox.heldFor };
    if (account.isReadOnly || !isSendable(text, { hasPhotos: photos.length > 0 })) return {};
    const entry = await outbox.add({ ...this.target, content: text, photos, reply_to: replyTo });
    return { clientId: entry.client_id };
  }

  retrySend(clientId) {
    return outbox.retry(clientId);
  }

  /** Remove an entry from the outbox; return its text. */
  discardSend(clientId) {
    const text = outbox.get(clientId)?.content ?? "";
    outbox.remove(clientId);
    return text;
  }

  /** Take a message out of the outbox; its text and its photos return to the composer. */
  async cancelSend(clientId) {
    const { content: text = "", reply_to: replyTo = null } = outbox.get(clientId) ?? {};
    await outbox.remove(clientId, { keepsPhotos: true });
    this.dispatchEvent(new CustomEvent("cancelled", { detail: { text, replyTo } }));
  }

  /** Receive a message as the server has it after a request of any tab; see Thread. */
  arrived() {}

  /** Listen to a store until `close`. */
  follow(store, type, react) {
    store.addEventListener(type, react, { signal: this.#listening.signal });
  }

  close() {
    changes.hurry();
    this.#listening.abort();
  }

  #returned(event) {
    const { entry, seconds } = event.detail;
    if (!this.pending.some((each) => each.client_id === entry.client_id)) return;
    const init = { cancelable: true, detail: { text: entry.content, replyTo: entry.reply_to, seconds } };
    const isTaken = !this.dispatchEvent(new CustomEvent("returned", init));
    if (isTaken) event.preventDefault();
  }
}
