import { network } from "../core/network.js";
import { Store } from "../core/store.js";
import { account } from "./account.js";
import { isOnlyInQueue, isFor, newEntry, storeOf } from "./outbox-entry.js";
import { deleteEntry, keepsEntries, readEntries } from "./outbox-rows.js";
import { OutboxSender } from "./outbox-sender.js";
import { page } from "./page.js";
import { TabChannel } from "../core/tabs.js";

/**
 * The messages of one user that are not on the server yet, shared by all tabs of this browser.
 *
 * An entry is `{client_id, conversation_id, trainee_id, content, photos, reply_to, created_at, order, state,
 * error, retryAt, attempts}`; `state` is "waiting", "sending" or "failed", and `retryAt` is always 0.
 * It is stored before the first attempt and retried with the same client_id, so that it arrives once.
 * `photos`, if any, is `[{key, width, height, upload: {id, at} | null}]`; the store `photos` has the files.
 *
 * Fires "change"; "added" with an entry of another tab; "sent" with `{entry, message}`; "created"
 * with `{traineeId, conversationId}`; and "returned" with `{entry, seconds}` when a new entry was
 * throttled. A composer that restores the text calls preventDefault(), which removes the entry.
 */
class Outbox extends Store {
  /** When the throttle ends, as performance.now(). */
  heldUntil = 0;
  #entries = new Map();
  // Entries that were written on this page while online and have not been throttled yet.
  #fresh = new Set();
  #channel = null;
  #sender = null;
  #db = null;

  async start(userId) {
    if (this.#sender) return;
    const name = `outbox-${userId}`;
    this.#db = account.db;
    this.#db.addEventListener("kept", () => this.changed());
    this.#channel = new TabChannel(name);
    this.#channel.addEventListener("message", ({ data }) => this.#receive(data));
    const sender = (this.#sender = new OutboxSender(name, userId, this));
    await this.load();
    if (sender === this.#sender) sender.start();
  }

  /** Read the entries from the database, which other tabs change too. */
  async load() {
    const [db, before] = [this.#db, [...this.#entries.keys()]];
    const stored = await readEntries(db);
    if (db !== this.#db) return;
    for (const clientId of before) this.#entries.delete(clientId);
    for (const entry of stored) this.#entries.set(entry.client_id, entry);
    this.changed();
  }

  /** Stop, and forget the entries; they stay in the database for their author. */
  stop() {
    this.#sender?.stop();
    this.#channel?.close();
    this.#sender = this.#channel = this.#db = null;
    this.#entries.clear();
    this.#fresh.clear();
    this.heldUntil = 0;
    this.changed();
  }

  /** Whole seconds until the throttle ends; 0 if there is no throttle. */
  get heldFor() {
    return Math.max(0, Math.ceil((this.heldUntil - performance.now()) / 1000));
  }

  /** Retry waiting entries at once, because the network has returned. */
  wake() {
    this.#sender?.wake();
  }

  // Entries
  // ------------------------------------------------------------------------------
  /** The number of waiting and failed entries in all conversations. */
  get size() {
    return this.#entries.size;
  }

  /** Return all entries, oldest first. */
  all() {
    return [...this.#entries.values()].sort((a, b) => a.order - b.order);
  }

  /** Whether the entries stay when the page is closed. */
  get isKept() {
    return this.#db ? keepsEntries(this.#db) : true;
  }

  get(clientId) {
    return this.#entries.get(clientId) ?? null;
  }

  /** Return the entries for a conversation's id, or for the trainee of `{traineeId}`. */
  list(target) {
    return this.all().filter((entry) => isFor(entry, target));
  }

  /** Queue a message; resolves with its entry once stored, or kept in memory if that fails. */
  async add(message) {
    const order = (this.all().at(-1)?.order ?? 0) + 1;
    const entry = newEntry({ ...message, created_at: network.now(), order });
    if (page.isOnline && !entry.photos) this.#fresh.add(entry.client_id);
    this.#entries.set(entry.client_id, entry);
    if (!entry.photos) this.#channel?.post({ type: "added", entry });
    this.changed();
    await this.#db?.put(storeOf(entry), entry);
    // Tabs of releases without photos do not know this type, so they do not send it as a text.
    if (entry.photos && this.isKept) this.#channel?.post({ type: "added-photos", entry });
    this.#sender?.run();
    return entry;
  }

  /** Retry a failed entry with the same client_id. */
  async retry(clientId) {
    const entry = this.get(clientId);
    if (entry) await this.update({ ...entry, state: "waiting", error: null, attempts: 0 });
    this.#sender?.run();
  }

  /** Remove an entry, with the files of its photos unless the composer `keepsPhotos`. */
  async remove(clientId, options) {
    const entry = this.get(clientId);
    this.#entries.delete(clientId);
    this.#fresh.delete(clientId);
    this.changed();
    await deleteEntry(this.#db, clientId, entry, options);
    this.#channel?.post({ type: "removed", clientId });
  }

  /** Remove an entry whose message arrived on a socket before the response to its request. */
  settle(clientId) {
    if (clientId && this.get(clientId)) this.remove(clientId);
  }

  /** Replace an entry in all tabs, unless a tab has removed it; resolves once stored. */
  async update(entry) {
    this.#replace(entry);
    this.changed();
    this.#channel?.post({ type: "changed", entry });
    await this.#db?.replace(storeOf(entry), entry);
  }

  /** Announce in all tabs that an entry was sent. */
  async sent(entry, message) {
    this.#announceSent({ entry, message });
    this.#channel?.post({ type: "sent", entry, message });
    await this.remove(entry.client_id);
    const { conversation_id } = message;
    for (const each of this.list({ traineeId: entry.trainee_id })) await this.update({ ...each, conversation_id });
  }

  /** Pause sending, and return a new entry to its composer. */
  hold(clientId, seconds) {
    this.#channel?.post({ type: "held", clientId, seconds });
    this.#hold(clientId, seconds);
  }

  /** Apply a message of another tab. */
  #receive(message) {
    if (message.type.startsWith("added")) this.#added(message.entry);
    else if (message.type === "changed") this.#replace(message.entry);
    else if (message.type === "removed") this.#entries.delete(message.clientId);
    else if (message.type === "sent") this.#announceSent(message);
    else if (message.type === "held") this.#hold(message.clientId, message.seconds);
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
    this.dispatchEvent(new CustomEvent("sent", { detail: { entry, message } }));
    if (entry.conversation_id !== null) return;
    const detail = { traineeId: entry.trainee_id, conversationId: message.conversation_id };
    this.dispatchEvent(new CustomEvent("created", { detail }));
  }

  #hold(clientId, seconds) {
    this.heldUntil = performance.now() + seconds * 1000;
    const entry = this.get(clientId);
    const isFresh = this.#fresh.delete(clientId) && entry?.attempts === 0;
    // If others are queued behind this entry, it stays in the outbox to keep the order.
    const init = { cancelable: true, detail: { entry, seconds } };
    const isDue = isFresh && isOnlyInQueue(entry, this.all());
    if (isDue && !this.dispatchEvent(new CustomEvent("returned", init))) this.remove(clientId);
    this.changed();
  }
}

export const outbox = new Outbox();
