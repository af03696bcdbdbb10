import { AccessToken } from "../core/access-token.js";
import { sendMessage, startConversation } from "../core/endpoints.js";
import { network } from "../core/network.js";
import { delayOf, waitSeconds } from "../core/retry.js";
import { session } from "../core/session.js";
import { withLock } from "../core/tabs.js";
import { loadLater } from "../text/translate.js";
import { account } from "./account.js";
import { isReady, queueHeads, reasonOf, withoutUploads } from "./outbox-entry.js";
import { page } from "./page.js";

const REFUSED_MS = 5_000;

/**
 * Sends the entries of an outbox, in order within each conversation, one tab at a time.
 *
 * A tab holds the lock only while it has something to send: frozen tabs must not block the others.
 */
export class OutboxSender {
  #lock;
  #userId;
  #outbox;
  #isRunning = false;
  #isSending = false;
  #hasMore = false;
  #timer = 0;
  // When failed entries are due again, by client_id, as performance.now().
  #dueAt = new Map();
  #listening = new AbortController();
  // A promise of the PhotoUploader, once there are photos.
  #uploader = null;

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
    page.addEventListener("restored", () => this.#reload(), { signal });
    account.db.addEventListener("opened", () => this.#reload(), { signal });
    this.run();
  }

  stop() {
    this.#isRunning = false;
    this.#listening.abort();
    clearTimeout(this.#timer);
    this.#uploader?.then((uploader) => uploader?.stop());
  }

  /** Send now, without waiting for the next retry. */
  wake() {
    this.#dueAt.clear();
    this.#uploader?.then((uploader) => uploader?.wake());
    this.run();
  }

  async #reload() {
    await this.#outbox.load();
    this.run();
  }

  /** Send all due entries. */
  async run() {
    this.#hasMore = true;
    if (this.#isSending) return;
    this.#isSending = true;
    this.#upload();
    let pause = 0;
    while (this.#hasMore && this.#isRunning) {
      this.#hasMore = false;
      if (this.#due().length) pause = await this.#sendLocked();
    }
    this.#isSending = false;
    this.#schedule(pause);
  }

  /** Upload photos beside, so that they do not delay the texts of other conversations. */
  async #upload() {
    if (!this.#isRunning || !this.#outbox.all().some(({ photos }) => photos)) return;
    const context = { isOurs: () => this.#isOurs(), ready: () => this.run() };
    this.#uploader ??= Promise.all([import("./photos/uploader.js"), loadLater()]).then(
      ([{ PhotoUploader }]) => new PhotoUploader(this.#lock, this.#outbox, context),
      () => (this.#uploader = null), // offline; the next run loads it
    );
    (await this.#uploader)?.run();
  }

  /** Send under the lock; return the ms to pause if the lock was refused, else 0. */
  #sendLocked() {
    return withLock(this.#lock, () => this.#sendAll()).then(() => 0, () => REFUSED_MS);
  }

  /** Return the first entry of each queue that is due. */
  #due() {
    const now = performance.now();
    if (!this.#isRunning || now < this.#outbox.heldUntil) return [];
    const heads = queueHeads(this.#outbox.all()).filter((entry) => isReady(entry, network.now()));
    return heads.filter((entry) => this.#timeOf(entry) <= now);
  }

  #timeOf({ client_id: id }) {
    return this.#dueAt.get(id) ?? 0;
  }

  async #sendAll() {
    for (let [entry] = this.#due(); entry; [entry] = this.#due()) await this.#send(entry);
  }

  async #send(entry) {
    try {
      if (await this.#isOurs()) await this.#deliver(entry);
      else this.stop();
    } catch (error) {
      if (this.#isRunning && this.#outbox.get(entry.client_id)) await this.#failed(entry, error);
    }
  }

  async #deliver(entry) {
    // The entry may have been deleted, or sent by another tab.
    if (!this.#outbox.get(entry.client_id)) return;
    this.#outbox.update({ ...entry, state: "sending" });
    const message = await post(entry);
    if (this.#isRunning) await this.#outbox.sent(entry, message);
  }

  /** Return whether the token is the author's; another tab may have signed in another user. */
  async #isOurs() {
    return new AccessToken(await session.accessToken()).userId === this.#userId;
  }

  async #failed(entry, error) {
    if (error.status === 429) {
      await this.#outbox.update({ ...entry, state: "waiting" });
      this.#outbox.hold(entry.client_id, waitSeconds(error));
    } else if (error.isTemporary || error.status === 401) {
      const attempts = entry.attempts + 1;
      this.#dueAt.set(entry.client_id, performance.now() + delayOf(error, attempts));
      await this.#outbox.update({ ...entry, state: "waiting", attempts });
    } else if (error.status === 400 && entry.photos && !entry.isUploadedAgain) {
      // The server may have forgotten an upload.
      await this.#outbox.update({ ...withoutUploads(entry), state: "waiting", isUploadedAgain: true });
      this.#upload();
    } else {
      await this.#outbox.update({ ...entry, state: "failed", error: reasonOf(error) });
    }
  }

  /** Run again when the next entry is due, after at least `pause` ms. */
  #schedule(pause) {
    clearTimeout(this.#timer);
    const heads = queueHeads(this.#outbox.all()).filter((entry) => isReady(entry, network.now()));
    if (!this.#isRunning || !heads.length) return;
    const next = Math.min(...heads.map((entry) => this.#timeOf(entry)));
    const delay = Math.max(next, this.#outbox.heldUntil) - performance.now();
    this.#timer = setTimeout(() => this.run(), Math.max(delay, pause));
  }
}

async function post({ conversation_id, trainee_id, content, client_id, photos, reply_to }) {
  const uploads = photos?.map(({ upload }) => upload.id);
  const message = { content, client_id, uploads, reply_to };
  if (conversation_id !== null) return sendMessage(conversation_id, message);
  return (await startConversation({ trainee_id, ...message })).message;
}
