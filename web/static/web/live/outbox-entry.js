import { trimmed } from "../text/length.js";
import { newId } from "./ids.js";

/** Make an entry of the outbox; its client_id, made once, is what makes the message arrive once. */
export function newEntry({ conversation_id = null, trainee_id = null, content, order }) {
  return {
    client_id: newId(),
    conversation_id,
    trainee_id,
    content: trimmed(content),
    created_at: Date.now(),
    order,
    state: "waiting",
    error: null,
    retryAt: 0,
    attempts: 0,
  };
}

/** Tell whether an entry is for a conversation id, or for `{traineeId}` without one yet. */
export function isFor(entry, target) {
  if (typeof target !== "object") return entry.conversation_id === target;
  return entry.conversation_id === null && entry.trainee_id === target.traineeId;
}

/** Return what an entry keeps its order within: its conversation, or a trainee without one yet. */
export function queueKey(entry) {
  return entry.conversation_id === null ? `trainee ${entry.trainee_id}` : entry.conversation_id;
}

/** Return what is to be sent next of each line. A failed entry holds up nobody. */
export function queueHeads(entries) {
  const heads = new Map();
  for (const entry of entries) {
    if (entry.state !== "failed" && !heads.has(queueKey(entry))) heads.set(queueKey(entry), entry);
  }
  return [...heads.values()];
}

/** Tell whether nothing else waits in an entry's line. */
export function isOnlyInQueue(entry, entries) {
  const key = queueKey(entry);
  const queue = entries.filter((each) => each.state !== "failed" && queueKey(each) === key);
  return queue.length === 1;
}
