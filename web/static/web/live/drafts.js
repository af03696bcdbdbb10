import { storedDraft } from "../core/web-storage.js";
import { trimmed } from "../text/length.js";
import { account } from "./account.js";
import { newId } from "./ids.js";
import { outbox } from "./outbox.js";
import { page } from "./page.js";
import { TabChannel } from "./tab-channel.js";

// What is being written to the database, and what is to follow: row -> text, the newest alone.
const unsaved = new Map();

/**
 * What somebody is writing in one box: one of the drafts of a conversation, each in a row of its own.
 *
 * The box opens with the draft that this tab had last, else with the newest, and replaces no other.
 * A text that is sent in any tab leaves each box that holds it. Fires "change" when `text` was not
 * changed by the box.
 */
export class Draft extends EventTarget {
  text = "";
  #name;
  // The name before there was a conversation, as soon as it is known whose it is.
  #earlier;
  #row = null;
  // Whether it was written here: what is only shown follows the tab in which it is written on.
  #isOwn = false;
  #channel = new TabChannel(`drafts-${account.key}`, { isAlone: !account.isShared });
  #listening = new AbortController();

  /** `name` is a conversation's id, or `trainee-<id>` before there is one. */
  constructor(name) {
    super();
    this.#name = String(name);
    const { signal } = this.#listening;
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data), { signal });
    outbox.addEventListener("added", ({ detail }) => this.#leave(detail), { signal });
    page.addEventListener("restored", () => this.#review(), { signal });
    this.#restore();
  }

  /** Know whose conversation it is: what was written to them before there was one belongs here. */
  setTrainee(traineeId) {
    if (this.#earlier) return;
    this.#earlier = `trainee-${traineeId}`;
    if (!this.#row) this.#restore();
  }

  /** Keep what is in the box; an empty text is forgotten. */
  write(text) {
    this.text = text;
    this.#isOwn = text !== "";
    if (account.isReadOnly || !(text || this.#row)) return;
    const row = (this.#row ??= `${this.#name} ${Date.now()} ${newId()}`);
    if (!text) this.#row = null;
    storedDraft.write(this.#name, this.#row);
    this.#channel.post({ row, text });
    save(row, text);
  }

  /** Forget all drafts of the conversation with a text that is on its way. */
  async sent(text) {
    for (const row of await this.#rows()) {
      const isSame = trimmed(await read(row)) === trimmed(text);
      if (isSame && row !== this.#row) save(row, "");
    }
  }

  /** Take it along to the conversation that has just been made. */
  move(name) {
    const { text } = this;
    this.write("");
    this.#name = String(name);
    this.write(text);
  }

  close() {
    this.#listening.abort();
    this.#channel.close();
  }

  /** Return the rows of the conversation's drafts, the oldest first. */
  async #rows() {
    const keys = await account.db.keys("drafts");
    return [this.#earlier, this.#name].flatMap((name) => keys.filter((row) => isOf(row, name)));
  }

  async #restore() {
    const rows = await this.#rows();
    const last = rows.filter((row) => row === storedDraft.read(this.#name));
    for (const row of [...last, ...rows.toReversed()]) {
      const text = await read(row);
      if (this.#isOwn) return;
      if (text) return this.#take(row, text);
    }
  }

  /** Look again after the back/forward cache, where nothing is heard. */
  async #review() {
    const row = this.#row;
    if (!row) return this.#restore();
    const text = await read(row);
    if (row === this.#row && !(text && this.#isOwn)) this.#take(row, text);
  }

  // From other tabs
  // ------------------------------------------------------------------------------
  #hear({ row, text }) {
    if (row !== this.#row || text === this.text) return;
    if (!this.#isOwn) return this.#take(row, text);
    // The row is the other tab's now; what was written here gets one of its own.
    this.#row = null;
    this.write(this.text);
  }

  #leave({ conversation_id, trainee_id, content }) {
    const name = String(conversation_id ?? `trainee-${trainee_id}`);
    if (name !== this.#name || !content || trimmed(this.text) !== content) return;
    this.write("");
    this.#changed();
  }

  #take(row, text) {
    this.#row = text ? row : null;
    this.text = text;
    this.#isOwn = false;
    storedDraft.write(this.#name, this.#row);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Forget what is not written yet, and what this tab showed: its writer has signed out. */
export function clearDrafts() {
  unsaved.clear();
  storedDraft.clear();
}

// Rows
// ------------------------------------------------------------------------------
/** Tell whether a row is of a conversation; its bare name is a row, too. */
function isOf(row, name) {
  return row === name || row.startsWith(`${name} `);
}

async function read(row) {
  return unsaved.get(row) ?? (await account.db.get("drafts", row)) ?? "";
}

/**
 * Keep a row's text; an empty one is deleted.
 *
 * It is written at once, as a page that is left has no time for it; while one text is being
 * written, of those that follow only the last is.
 */
async function save(row, text) {
  const isUnderWay = unsaved.has(row);
  unsaved.set(row, text);
  if (!isUnderWay) await write(row);
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
