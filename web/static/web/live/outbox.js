import { Store } from "../core/store.js";
import { account } from "./account.js";
import { isOnlyInQueue, isFor, newEntry } from "./outbox-entry.js";
import { OutboxSender } from "./outbox-sender.js";
import { page } from "./page.js";
import { TabChannel } from "./tab-channel.js";

/**
 * What was written and is not on the server yet, of one user, in all tabs of this browser.
 *
 * An entry is `{client_id, conversation_id, trainee_id, content, created_at, order, state, error,
 * retryAt, attempts}`; `state` is "waiting", "sending" or "failed". It is kept before the first
 * attempt, and sent with the same client_id until the server has answered, so that it arrives once.
 *
 * Fires "change"; "added" with an entry that another tab has put in line; "sent" with `{entry,
 * message}`; "created" with `{traineeId, conversationId}`; and
 * "returned" with `{entry, seconds}` when a fresh entry came too fast: who takes its text back into
 * the box calls preventDefault(), and the entry is gone.
 */
class Outbox extends Store {
  /** Until when the server takes no message; Date.now(). */
  heldUntil = 0;
  #entries = new Map();
  // Those that were written on this page with a network, and have not failed yet.
  #fresh = new Set();
  #channel = null;
  #sender = null;
  #db = null;

  // Running
  // ------------------------------------------------------------------------------
  async start(userId) {
    if (this.#sender) return;
    const name = `outbox-${userId}`;
    this.#db = account.db;
    this.#channel = new TabChannel(name);
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
    const sender = (this.#sender = new OutboxSender(name, userId, this));
    await this.load();
    if (sender === this.#sender) sender.start();
  }

  /** Read what waits on this device; what another page has sent or taken out waits no more. */
  async load() {
    const db = this.#db;
    const before = [...this.#entries.keys()];
    const kept = await db.getAll("outbox");
    if (db !== this.#db) return;
    for (const clientId of before) this.#entries.delete(clientId);
    for (const entry of kept) this.#entries.set(entry.client_id, entry);
    this.changed();
  }

  /** Stop, and forget; what waits stays on this device for its writer. */
  stop() {
    this.#sender?.stop();
    this.#channel?.close();
    this.#sender = this.#channel = this.#db = null;
    this.#entries.clear();
    this.#fresh.clear();
    this.heldUntil = 0;
    this.changed();
  }

  /** How many whole seconds are left until the server takes messages again; 0 when it does. */
  get heldFor() {
    return Math.max(0, Math.ceil((this.heldUntil - Date.now()) / 1000));
  }

  /** Try now what waits for its next attempt: the network has returned. */
  wake() {
    this.#sender?.wake();
  }

  // Entries
  // ------------------------------------------------------------------------------
  /** How many wait or have failed, in all conversations. */
  get size() {
    return this.#entries.size;
  }

  /** Return all entries in the order in which they were written. */
  all() {
    return [...this.#entries.values()].sort((a, b) => a.order - b.order);
  }

  get(clientId) {
    return this.#entries.get(clientId) ?? null;
  }

  /** Return the entries of a conversation id, or of `{traineeId}` while there is none yet. */
  list(target) {
    return this.all().filter((entry) => isFor(entry, target));
  }

  /** Put a text in line; resolves with its entry when it is kept. */
  async add({ conversation_id = null, trainee_id = null, content }) {
    const order = (this.all().at(-1)?.order ?? 0) + 1;
    const entry = newEntry({ conversation_id, trainee_id, content, order });
    if (page.isOnline) this.#fresh.add(entry.client_id);
    this.#entries.set(entry.client_id, entry);
    this.#channel?.post({ type: "added", entry });
    this.changed();
    await this.#db?.put("outbox", entry);
    this.#sender?.run();
    return entry;
  }

  /** Try a failed one again, as the same message. */
  async retry(clientId) {
    const entry = this.get(clientId);
    if (!entry) return;
    await this.update({ ...entry, state: "waiting", error: null, retryAt: 0, attempts: 0 });
    this.#sender?.run();
  }

  /** Take an entry out, unsent. */
  async remove(clientId) {
    this.#entries.delete(clientId);
    this.#fresh.delete(clientId);
    this.changed();
    await this.#db?.delete("outbox", clientId);
    this.#channel?.post({ type: "removed", clientId });
  }

  /** Know from a socket that an entry's message is on the server; its answer may still come. */
  settle(clientId) {
    if (clientId && this.get(clientId)) this.remove(clientId);
  }

  // For the sender
  // ------------------------------------------------------------------------------
  /** Replace an entry in all tabs, unless one has taken it out; resolves when it is kept. */
  async update(entry) {
    this.#replace(entry);
    this.changed();
    this.#channel?.post({ type: "changed", entry });
    await this.#db?.replace("outbox", entry);
  }

  /** Tell all tabs that a message is on the server. */
  async sent(entry, message) {
    this.#announceSent({ entry, message });
    this.#channel?.post({ type: "sent", entry, message });
    await this.remove(entry.client_id);
    if (entry.conversation_id !== null) return;
    const { conversation_id } = message;
    for (const each of this.list({ traineeId: entry.trainee_id })) {
      await this.update({ ...each, conversation_id });
    }
  }

  /** Hold all messages for a time, and give a fresh one back to who wrote it. */
  hold(clientId, seconds) {
    this.#channel?.post({ type: "held", clientId, seconds });
    this.#hold(clientId, seconds);
  }

  // From the other tabs
  // ------------------------------------------------------------------------------
  #hear(news) {
    if (news.type === "added") this.#added(news.entry);
    else if (news.type === "changed") this.#replace(news.entry);
    else if (news.type === "removed") this.#entries.delete(news.clientId);
    else if (news.type === "sent") this.#announceSent(news);
    else if (news.type === "held") this.#hold(news.clientId, news.seconds);
    this.changed();
  }

  #added(entry) {
    this.#entries.set(entry.client_id, entry);
    this.dispatchEvent(new CustomEvent("added", { detail: entry }));
  }

  #replace(entry) {
    if (this.get(entry.client_id)) this.#entries.set(entry.client_id, entry);
  }

  #announceSent({ entry, message }) {
    const { conversation_id: conversationId } = message;
    this.dispatchEvent(new CustomEvent("sent", { detail: { entry, message } }));
    if (entry.conversation_id !== null) return;
    const detail = { traineeId: entry.trainee_id, conversationId };
    this.dispatchEvent(new CustomEvent("created", { detail }));
  }

  #hold(clientId, seconds) {
    this.heldUntil = Date.now() + seconds * 1000;
    const entry = this.get(clientId);
    const isFresh = this.#fresh.delete(clientId) && entry?.attempts === 0;
    // With others in line behind it, only waiting keeps their order.
    const init = { cancelable: true, detail: { entry, seconds } };
    const isDue = isFresh && isOnlyInQueue(entry, this.all());
    if (isDue && !this.dispatchEvent(new CustomEvent("returned", init))) this.remove(clientId);
    this.changed();
  }
}

export const outbox = new Outbox();
