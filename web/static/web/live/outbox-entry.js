import { hasVisible, trimmed } from "../text/length.js";
import { t } from "../text/translate.js";

// The server forgets an upload that was not sent after a day.
const UPLOAD_MS = 20 * 3_600_000;

/** Return a new entry of the outbox; its client_id makes sending idempotent. */
export function newEntry({ conversation_id = null, trainee_id = null, ...rest }) {
  const { content, photos = [], reply_to = null, created_at, order } = rest;
  const isBlank = photos.length > 0 && !hasVisible(content);
  return {
    client_id: newId(),
    conversation_id,
    trainee_id,
    content: isBlank ? "" : trimmed(content),
    ...(photos.length ? { photos } : {}),
    ...(reply_to ? { reply_to } : {}),
    created_at,
    order,
    state: "waiting",
    error: null,
    retryAt: 0, // for earlier releases
    attempts: 0,
  };
}

/** Return the store of an entry. */
export function storeOf({ photos }) {
  return photos ? "photo_outbox" : "outbox";
}

/** Return whether a photo of an entry is on the server at this time, in ms. */
export function isUploaded({ upload }, now) {
  return Boolean(upload) && now - upload.at < UPLOAD_MS;
}

/** Return whether an entry can be sent: a text, or with photos that are all on the server. */
export function isReady({ photos = [] }, now) {
  return photos.every((photo) => isUploaded(photo, now));
}

/** Return an entry whose photos have to be uploaded again. */
export function withoutUploads(entry) {
  return { ...entry, photos: entry.photos.map((photo) => ({ ...photo, upload: null })) };
}

/** Return the reason for a failure as a text for the author. */
export function reasonOf({ code, message }) {
  return code === "not_found" ? t("message.ended") : message;
}

/** Return whether an entry is for a conversation's id, or for the trainee of `{traineeId}`. */
export function isFor(entry, target) {
  if (typeof target !== "object") return entry.conversation_id === target;
  return entry.conversation_id === null && entry.trainee_id === target.traineeId;
}

/** Return an entry's queue: its conversation, or its trainee if there is no conversation yet. */
export function queueKey(entry) {
  return entry.conversation_id === null ? `trainee ${entry.trainee_id}` : entry.conversation_id;
}

/** Return the first entry of each queue; failed entries are skipped. */
export function queueHeads(entries) {
  const heads = new Map();
  for (const entry of entries) {
    if (entry.state !== "failed" && !heads.has(queueKey(entry))) heads.set(queueKey(entry), entry);
  }
  return [...heads.values()];
}

/** Return whether an entry is the only one in its queue. */
export function isOnlyInQueue(entry, entries) {
  const key = queueKey(entry);
  const queue = entries.filter((each) => each.state !== "failed" && queueKey(each) === key);
  return queue.length === 1;
}

/** Return a random UUID, even on a page without TLS, which has no crypto.randomUUID. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80; // variant 1
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
