import { AccessToken } from "../core/access-token.js";
import { addReaction, deleteMessage, editMessage, removeReaction } from "../core/change-endpoints.js";
import { network } from "../core/network.js";
import { delayOf } from "../core/retry.js";
import { session } from "../core/session.js";
import { account } from "./account.js";
import { page } from "./page.js";
import { DELETED, withQuotes } from "./patches.js";

const REQUESTS = {
  edit: ({ conversation_id, message_id, content }) => editMessage(conversation_id, message_id, content),
  delete: ({ conversation_id, message_id }) => deleteMessage(conversation_id, message_id),
  react: ({ conversation_id, message_id, emoji }) => addReaction(conversation_id, message_id, emoji),
  unreact: ({ conversation_id, message_id, emoji }) => removeReaction(conversation_id, message_id, emoji),
};

/**
 * Sends the user's changes in order. After a failure of the network or a throttle it waits, as the outbox
 * does; when the page is left, it sends everything at once.
 */
export class ChangeSender {
  #changes;
  #userId = account.userId;
  #isSending = false;
  #failures = 0;
  #retryAt = 0;
  #timer = 0;
  #listening = new AbortController();

  constructor(changes) {
    this.#changes = changes;
    const { signal } = this.#listening;
    for (const type of ["online", "visible"]) {
      page.addEventListener(type, () => this.#wake(), { signal });
    }
    page.addEventListener("left", () => this.#leave(), { signal });
    session.beforeSignOut(() => this.#leave());
  }

  stop() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  /** Send all due changes, one after the other. */
  async run() {
    if (this.#isSending) return;
    this.#isSending = true;
    for (let change = this.#next(); change; change = this.#next()) await this.#send(change);
    this.#isSending = false;
    this.#schedule();
  }

  get #isStopped() {
    return this.#listening.signal.aborted;
  }

  #next() {
    if (this.#isStopped || performance.now() < this.#retryAt) return null;
    return this.#changes.list().find(({ dueAt }) => dueAt <= network.now()) ?? null;
  }

  async #send(change) {
    try {
      if (!(await this.#isOurs())) return this.stop();
      if (!(await this.#changes.isWanted(change))) return this.#changes.drop(change);
      const message = await REQUESTS[change.kind](change);
      this.#failures = 0;
      if (this.#isStopped) return undefined;
      if (change.kind === "delete") await forget(change);
      this.#changes.confirm(change, message);
    } catch (error) {
      if (!this.#isStopped) this.#failed(change, error);
    }
  }

  /** Return whether the token is that of the user who made the changes. */
  async #isOurs() {
    return new AccessToken(await session.accessToken()).userId === this.#userId;
  }

  #failed(change, error) {
    const isTemporary = error.isTemporary || error.status === 401;
    if (!isTemporary) return this.#changes.fail(change, error);
    this.#failures += 1;
    this.#retryAt = performance.now() + delayOf(error, this.#failures);
  }

  #wake() {
    this.#retryAt = 0;
    this.run();
  }

  /** Send everything now; requests with `keepalive` outlive the page. */
  #leave() {
    if (this.#isStopped) return undefined;
    return Promise.all(this.#changes.list().map((change) => this.#send(change)));
  }

  #schedule() {
    clearTimeout(this.#timer);
    const times = this.#changes.list().map(({ dueAt }) => dueAt - network.now());
    if (this.#isStopped || !times.length) return;
    const delay = Math.max(Math.min(...times), this.#retryAt - performance.now(), 0);
    this.#timer = setTimeout(() => this.run(), delay);
  }
}

/** Delete a text from the snapshot on this device, which no open thread may renew. */
async function forget({ conversation_id, message_id }) {
  const { db } = account;
  const snapshot = await db.get("threads", conversation_id);
  const isIt = ({ id }) => id === message_id;
  if (!snapshot?.messages.some(isIt)) return;
  const messages = snapshot.messages.map((each) => (isIt(each) ? { ...each, ...DELETED } : each));
  await db.put("threads", { ...snapshot, messages: withQuotes(messages) });
}
