import { account } from "./account.js";

// What is being written to the database, and what is to follow: key -> text, the newest alone.
const unsaved = new Map();

/** Return what somebody was writing: `key` is a conversation's id, or `trainee-<id>`. */
export async function readDraft(key) {
  const name = String(key);
  return unsaved.get(name) ?? (await account.db.get("drafts", name)) ?? "";
}

/**
 * Keep what somebody is writing; an empty text is forgotten.
 *
 * It is written at once, as a page that is left has no time for it; while one text is being
 * written, of those that follow only the last is.
 */
export async function saveDraft(key, text) {
  if (account.isReadOnly) return;
  const name = String(key);
  const isUnderWay = unsaved.has(name);
  unsaved.set(name, text);
  if (!isUnderWay) await write(name);
}

async function write(name) {
  const { db } = account;
  let text;
  do {
    text = unsaved.get(name);
    await (text ? db.put("drafts", text, name) : db.delete("drafts", name));
  } while (unsaved.has(name) && unsaved.get(name) !== text);
  unsaved.delete(name);
}

/** Forget what is not written yet: its writer has signed out. */
export function dropDrafts() {
  unsaved.clear();
}
