import { network } from "../core/network.js";
import { Store } from "../core/store.js";
import { account } from "./account.js";
import { DELETED, withQuotes } from "./patches.js";

const KEY = "changes";

/** How long a deletion can be undone, in ms. */
export const UNDO_MS = 5_000;

/**
 * What the user has changed in messages, and the server has not confirmed yet.
 *
 * A change is `{kind, conversation_id, message_id, content, emoji, dueAt}`; `kind` is "edit", "delete",
 * "react" or "unreact". It is shown at once, stored on the device, and sent when it is due; a network that
 * fails delays it. A newer change of the same thing replaces it.
 *
 * Fires "change"; "sent" with `{message}` as the server has it now; and "failed" with `{change, error}`
 * when the server refuses a change, which is then no longer shown.
 */
class Changes extends Store {
  #pending = new Map();
  // The ids of messages whose deletion the server has confirmed; the frame that says so can be later.
  #deleted = new Set();
  #sender = null;
  #db = null;
  // Messages as they are shown: message → {changes, shown}.
  #shown = new WeakMap();

  /** Read what earlier pages could not send, and send it. */
  async start() {
    const db = (this.#db = account.db);
    const stored = (await db.get("kv", KEY)) ?? [];
    if (db !== this.#db) return;
    for (const change of stored) {
      if (!this.#pending.has(keyOf(change))) this.#pending.set(keyOf(change), { ...change, isStored: true });
    }
    if (stored.length) this.#changed();
  }

  stop() {
    this.#sender?.then((sender) => sender?.stop());
    this.#sender = this.#db = null;
    this.#pending.clear();
    this.#deleted.clear();
    this.changed();
  }

  // By the user
  // ------------------------------------------------------------------------------
  edit({ conversation_id, id }, content) {
    this.#add({ kind: "edit", conversation_id, message_id: id, content });
  }

  /** Delete a message for both sides, unless that is undone within 5 s. */
  delete({ conversation_id, id }) {
    for (const each of this.list()) if (each.message_id === id) this.#pending.delete(keyOf(each));
    this.#add({ kind: "delete", conversation_id, message_id: id, dueAt: network.now() + UNDO_MS });
  }

  /** Take back a deletion that is not due yet; return whether that was possible. */
  undo(messageId) {
    const isPossible = this.canUndo(messageId);
    if (isPossible) this.drop(this.#pending.get(keyOf({ message_id: messageId, kind: "delete" })));
    return isPossible;
  }

  canUndo(messageId) {
    return this.#pending.get(keyOf({ message_id: messageId, kind: "delete" }))?.dueAt > network.now();
  }

  /** Add the user's reaction with an emoji, or remove it. */
  react({ conversation_id, id }, emoji, isOn) {
    this.#add({ kind: isOn ? "react" : "unreact", conversation_id, message_id: id, emoji });
  }

  /** Send everything now, because the user leaves the conversation or the page. */
  hurry() {
    if (!this.#pending.size) return;
    for (const [key, each] of this.#pending) this.#pending.set(key, { ...each, dueAt: 0 });
    this.#changed();
  }

  // What is shown
  // ------------------------------------------------------------------------------
  /** Return messages of a conversation with the changes; unchanged ones stay the same objects. */
  applyTo(conversationId, messages) {
    const changes = this.list().filter((each) => each.conversation_id === conversationId);
    if (!changes.length && !this.#deleted.size) return messages;
    return withQuotes(messages.map((each) => this.#show(each, changes)));
  }

  #show(message, all) {
    const changes = all.filter((each) => each.message_id === message.id);
    if (this.#deleted.has(message.id)) return this.#remember(message, [DELETED], () => ({ ...message, ...DELETED }));
    if (!changes.length || message.is_deleted) return message;
    return this.#remember(message, changes, () => changes.reduce(apply, message));
  }

  #remember(message, changes, make) {
    const known = this.#shown.get(message);
    const isSame = known?.changes.length === changes.length && changes.every((each, at) => each === known.changes[at]);
    if (isSame) return known.shown;
    const shown = make();
    this.#shown.set(message, { changes, shown });
    return shown;
  }

  // For the sender
  // ------------------------------------------------------------------------------
  /** Return all changes, oldest first. */
  list() {
    return [...this.#pending.values()];
  }

  isCurrent(change) {
    return this.#pending.get(keyOf(change)) === change;
  }

  /** Return whether a change of an earlier page is still wanted: another tab may have undone it. */
  async isWanted(change) {
    if (!change.isStored) return true;
    const stored = (await this.#db?.get("kv", KEY)) ?? [];
    return stored.some((each) => keyOf(each) === keyOf(change));
  }

  drop(change) {
    if (this.isCurrent(change)) this.#pending.delete(keyOf(change));
    this.#changed();
  }

  /** Record that the server has made a change; `message` is its response, or null after a deletion. */
  confirm(change, message) {
    if (change.kind === "delete") this.#deleted.add(change.message_id);
    if (message) this.dispatchEvent(new CustomEvent("sent", { detail: { message } }));
    this.drop(change);
  }

  /** Record that the server refuses a change. */
  fail(change, error) {
    this.drop(change);
    this.dispatchEvent(new CustomEvent("failed", { detail: { change, error } }));
  }

  #add(change) {
    if (account.isReadOnly) return;
    const key = keyOf(change);
    this.#pending.delete(key); // so that the newest is the last
    this.#pending.set(key, { dueAt: 0, ...change });
    this.#changed();
  }

  #changed() {
    this.changed();
    const rows = this.list();
    if (rows.length) this.#db?.put("kv", rows, KEY);
    else this.#db?.delete("kv", KEY);
    if (rows.length) this.prepare()?.then((sender) => sender?.run());
  }

  /** Load the sender, which is not part of the first load, so that it is there when a page is left. */
  prepare() {
    if (account.key === null) return null; // the sender is that of one user
    const start = () => import("./change-sender.js").then(({ ChangeSender }) => new ChangeSender(this));
    this.#sender ??= start().catch(() => (this.#sender = null)); // offline: the next change tries again
    return this.#sender;
  }
}

/** Return what a change replaces: edits, deletions, and reactions with one emoji, of one message. */
function keyOf({ message_id, kind, emoji }) {
  return `${message_id} ${emoji ?? kind}`;
}

function apply(message, { kind, content, emoji }) {
  if (kind === "delete") return { ...message, ...DELETED, isChanging: true };
  if (kind === "edit") {
    const edited_at = message.edited_at ?? new Date(network.now()).toISOString();
    return { ...message, content, edited_at, isChanging: true };
  }
  return { ...message, reactions: withReaction(message.reactions ?? [], emoji, kind === "react") };
}

/** Return reactions with or without the user's own; the last one of an emoji takes it away. */
function withReaction(reactions, emoji, isOn) {
  const { userId } = account;
  const others = (each) => each.user_ids.filter((id) => id !== userId);
  const changed = reactions.map((each) =>
    each.emoji === emoji ? { ...each, user_ids: [...others(each), ...(isOn ? [userId] : [])] } : each,
  );
  if (isOn && !reactions.some((each) => each.emoji === emoji)) changed.push({ emoji, user_ids: [userId] });
  return changed.filter((each) => each.user_ids.length);
}

export const changes = new Changes();
