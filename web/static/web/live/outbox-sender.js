import { AccessToken } from "../core/access-token.js";
import { sendMessage, startConversation } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { withLock } from "../core/web-lock.js";
import { delayAfter } from "./backoff.js";
import { queueHeads } from "./outbox-entry.js";
import { page } from "./page.js";

const HOLD_SECONDS = 5;
const REFUSED_MS = 5_000;

/**
 * Send what waits in an outbox, in order within each conversation, one tab at a time.
 *
 * The lock is held only while there is something to send: a tab that sleeps must hold up nobody.
 */
export class OutboxSender {
  #lock;
  #userId;
  #outbox;
  #isRunning = false;
  #isAtWork = false;
  #hasMore = false;
  #timer = 0;
  #listening = new AbortController();

  constructor(lock, userId, outbox) {
    this.#lock = lock;
    this.#userId = userId;
    this.#outbox = outbox;
  }

  start() {
    this.#isRunning = true;
    const { signal } = this.#listening;
    page.addEventListener("online", () => this.wake(), { signal });
    page.addEventListener("visible", () => this.wake(), { signal });
    page.addEventListener("restored", () => this.#outbox.load(), { signal });
    this.run();
  }

  stop() {
    this.#isRunning = false;
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  /** Send now also what waits for its next attempt. */
  wake() {
    for (const entry of this.#outbox.all()) {
      if (entry.retryAt) this.#outbox.update({ ...entry, retryAt: 0 });
    }
    this.run();
  }

  /** Send all that is due. */
  async run() {
    this.#hasMore = true;
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    let pause = 0;
    while (this.#hasMore && this.#isRunning) {
      this.#hasMore = false;
      if (this.#due().length) pause = await this.#takeTurn();
    }
    this.#isAtWork = false;
    this.#wait(pause);
  }

  /** Send in turn; return for how many ms to leave the lock alone: a page may get none. */
  #takeTurn() {
    return withLock(this.#lock, () => this.#sendAll()).then(() => 0, () => REFUSED_MS);
  }

  /** Return the first of each conversation's line, if its time has come. */
  #due() {
    if (!this.#isRunning || Date.now() < this.#outbox.heldUntil) return [];
    return queueHeads(this.#outbox.all()).filter((entry) => entry.retryAt <= Date.now());
  }

  async #sendAll() {
    for (let [entry] = this.#due(); entry; [entry] = this.#due()) await this.#send(entry);
  }

  async #send(entry) {
    try {
      if (await this.#isOurs()) await this.#deliver(entry);
      else this.stop();
    } catch (error) {
      if (this.#isRunning && this.#outbox.get(entry.client_id)) await this.#refused(entry, error);
    }
  }

  async #deliver(entry) {
    // Somebody may have taken it out meanwhile, or another tab has sent it.
    if (!this.#outbox.get(entry.client_id)) return;
    this.#outbox.update({ ...entry, state: "sending" });
    const message = await post(entry);
    if (this.#isRunning) await this.#outbox.sent(entry, message);
  }

  /** Tell whether requests speak for the writer: another tab may have signed in somebody else. */
  async #isOurs() {
    return new AccessToken(await session.accessToken()).userId === this.#userId;
  }

  async #refused(entry, error) {
    if (error.status === 429) {
      await this.#outbox.update({ ...entry, state: "waiting" });
      this.#outbox.hold(entry.client_id, error.retryAfter ?? HOLD_SECONDS);
    } else if (error.isTemporary || error.status === 401) {
      const attempts = entry.attempts + 1;
      const retryAt = Date.now() + delayAfter(attempts);
      await this.#outbox.update({ ...entry, state: "waiting", attempts, retryAt });
    } else {
      await this.#outbox.update({ ...entry, state: "failed", error: reasonOf(error) });
    }
  }

  /** Come back when the next is due, after `pause` ms or more. */
  #wait(pause) {
    clearTimeout(this.#timer);
    const heads = queueHeads(this.#outbox.all());
    if (!this.#isRunning || !heads.length) return;
    const next = Math.min(...heads.map((entry) => entry.retryAt));
    const delay = Math.max(next, this.#outbox.heldUntil) - Date.now();
    this.#timer = setTimeout(() => this.run(), Math.max(delay, pause));
  }
}

/** Say it for people: that there is nothing to see here has no words of its own. */
function reasonOf({ code, message }) {
  return code === "not_found" ? "This conversation has ended, so nothing was sent." : message;
}

async function post({ conversation_id, trainee_id, content, client_id }) {
  if (conversation_id !== null) return sendMessage(conversation_id, { content, client_id });
  return (await startConversation({ trainee_id, content, client_id })).message;
}
