import { storedDraft } from "../core/web-storage.js";
import { trimmed } from "../text/length.js";
import { account } from "./account.js";
import { newId } from "./outbox-entry.js";
import { outbox } from "./outbox.js";
import { page } from "./page.js";
import { TabChannel } from "../core/tabs.js";

// Before a row, the key in `kv` of what its draft answers: earlier releases read only texts in `drafts`.
const REPLY = "reply ";
// Pending writes: row -> newest text.
const unsaved = new Map();
account.addEventListener("closed", () => unsaved.clear());

/**
 * The draft of one composer. A conversation can have several drafts, each in its own row.
 *
 * A composer starts with this tab's last draft or else with the newest draft, and never overwrites
 * another draft. A text that any tab sends is removed from all composers that show it. Fires
 * "change" when anything other than `write` changes `text` or `replyTo`.
 */
export class Draft extends EventTarget {
  text = "";
  /** The id of the message that the draft answers, or null. */
  replyTo = null;
  #name;
  // The name of drafts written before the conversation existed, once the trainee is known.
  #earlier;
  #row = null;
  // Whether the draft was written in this tab; otherwise it follows changes in other tabs.
  #isOwn = false;
  #channel = new TabChannel(`drafts-${account.key}`, { isAlone: !account.isShared });
  #listening = new AbortController();

  /** `name` is a conversation's id, or `trainee-<id>` before there is a conversation. */
  constructor(name) {
    super();
    this.#name = String(name);
    const { signal } = this.#listening;
    this.#channel.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    outbox.addEventListener("added", ({ detail }) => this.#removeQueued(detail), { signal });
    page.addEventListener("restored", () => this.#reload(), { signal });
    account.db.addEventListener("opened", () => this.#reload(), { signal });
    this.#restore();
  }

  /** Set the trainee, so that drafts written before the conversation existed are found. */
  setTrainee(traineeId) {
    if (this.#earlier) return;
    this.#earlier = `trainee-${traineeId}`;
    if (!this.#row) this.#restore();
  }

  /** Store the text of the composer, and what it answers; without both, the draft is deleted. */
  write(text, replyTo = null) {
    const isOtherReply = replyTo !== this.replyTo;
    const isThere = Boolean(text || replyTo);
    Object.assign(this, { text, replyTo });
    this.#isOwn = isThere;
    if (account.isReadOnly || !(isThere || this.#row)) return;
    const isNew = !this.#row;
    const row = (this.#row ??= `${this.#name} ${Date.now()} ${newId()}`);
    if (!isThere) this.#row = null;
    storedDraft.write(this.#name, this.#row);
    this.#channel.post({ row, text, replyTo });
    save(row, text);
    if (isOtherReply || (isNew && replyTo)) saveReply(row, replyTo);
  }

  /** Delete all drafts of the conversation that have the text of a queued message. */
  async sent(text) {
    for (const row of await this.#rows()) {
      const isSame = trimmed(await read(row)) === trimmed(text);
      if (!text || !isSame || row === this.#row) continue;
      save(row, "");
      saveReply(row, null);
    }
  }

  /** Move the draft to the conversation that was just created. */
  move(name) {
    const { text, replyTo } = this;
    this.write("");
    this.#name = String(name);
    this.write(text, replyTo);
  }

  close() {
    this.#listening.abort();
    this.#channel.close();
  }

  /** Return the keys of the conversation's drafts, oldest first. */
  async #rows() {
    const replies = (await account.db.keys("kv")).filter((key) => key.startsWith(REPLY));
    const texts = await account.db.keys("drafts");
    const keys = [...new Set([...texts, ...replies.map((key) => key.slice(REPLY.length))])].sort();
    return [this.#earlier, this.#name].flatMap((name) => keys.filter((row) => isOf(row, name)));
  }

  async #restore() {
    const rows = await this.#rows();
    const last = rows.filter((row) => row === storedDraft.read(this.#name));
    for (const row of [...last, ...[...rows].reverse()]) {
      const text = await read(row);
      const replyTo = await readReply(row);
      if (this.#isOwn) return;
      if (text || replyTo) return this.#show(row, text, replyTo);
    }
  }

  /** Reread the draft on return from the back/forward cache, or once the database has opened. */
  async #reload() {
    const row = this.#row;
    if (!row) return this.#restore();
    const text = await read(row);
    const replyTo = await readReply(row);
    if (row === this.#row && !((text || replyTo) && this.#isOwn)) this.#show(row, text, replyTo);
  }

  // From other tabs
  // ------------------------------------------------------------------------------
  #receive({ row, text, replyTo = null }) {
    if (row !== this.#row || (text === this.text && replyTo === this.replyTo)) return;
    if (!this.#isOwn) return this.#show(row, text, replyTo);
    // The row belongs to the other tab now; this text gets a new row.
    this.#row = null;
    this.write(this.text, this.replyTo);
  }

  #removeQueued({ conversation_id, trainee_id, content }) {
    const name = String(conversation_id ?? `trainee-${trainee_id}`);
    if (name !== this.#name || !content || trimmed(this.text) !== content) return;
    this.write("");
    this.#changed();
  }

  #show(row, text, replyTo) {
    this.#row = text || replyTo ? row : null;
    Object.assign(this, { text, replyTo });
    this.#isOwn = false;
    storedDraft.write(this.#name, this.#row);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

// Rows
// ------------------------------------------------------------------------------
/** Return whether a row belongs to a conversation: its key is the name, alone or with a suffix. */
function isOf(row, name) {
  return row === name || row.startsWith(`${name} `);
}

async function read(row) {
  return unsaved.get(row) ?? (await account.db.get("drafts", row)) ?? "";
}

async function readReply(row) {
  return (await account.db.get("kv", REPLY + row)) ?? null;
}

function saveReply(row, id) {
  const { db } = account;
  return id ? db.put("kv", id, REPLY + row) : db.delete("kv", REPLY + row);
}

/**
 * Store the text of a row; an empty text deletes the row.
 *
 * The write starts at once, because a page that closes cannot wait. Of the texts that arrive during
 * a write, only the newest is written next.
 */
async function save(row, text) {
  const isWriting = unsaved.has(row);
  unsaved.set(row, text);
  if (!isWriting) await write(row);
}

async function write(row) {
  const { db } = account;
  let text;
  do {
    text = unsaved.get(row);
    await (text ? db.put("drafts", text, row) : db.delete("drafts", row));
  } while (unsaved.has(row) && unsaved.get(row) !== text);
  unsaved.delete(row);
}
