import { dayKey } from "../text/time.js";
import { partsOf } from "./parts.js";

const GROUP_MS = 5 * 60_000;

/**
 * Return the version of a message's contents as the server sent them as a whole.
 *
 * A receipt or a patch raises the `version` of the message, but must not hide an edit in between.
 */
export function contentsVersion(message) {
  return message.contents_version ?? message.version;
}

/**
 * Merge messages, ascending by id; of two versions of a message's contents, the higher one is kept.
 *
 * A message that was read or deleted stays so. Unchanged messages stay the same objects. Neither array is
 * modified.
 */
export function mergeMessages(held, incoming) {
  const byId = new Map(held.map((message) => [message.id, message]));
  for (const message of incoming) {
    const known = byId.get(message.id);
    byId.set(message.id, known ? newerOf(known, message) : message);
  }
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

function newerOf(known, message) {
  const isOld = contentsVersion(message) <= contentsVersion(known);
  if (isOld || (known.is_deleted && !message.is_deleted)) return known;
  if (!known.is_read || message.is_read) return message;
  const { is_read, read_at } = known;
  return { ...message, is_read, read_at, ...versionsOf(message, known.version) };
}

function versionsOf(message, version) {
  return { version: Math.max(message.version, version), contents_version: contentsVersion(message) };
}

/**
 * Mark the messages for which `isMarked(message)` is true as read, up to and including an id.
 *
 * Unchanged messages stay the same objects. If nothing changes, the same array is returned.
 */
export function markRead(messages, isMarked, { upTo, readAt, version }) {
  const isDue = (each) => !each.is_read && each.id <= upTo && isMarked(each);
  if (!messages.some(isDue)) return messages;
  const read = { is_read: true, read_at: readAt };
  return messages.map((each) =>
    isDue(each) ? { ...each, ...read, ...versionsOf(each, version) } : each,
  );
}

// The items of a thread
// ------------------------------------------------------------------------------
const items = new WeakMap();
// The items of entries, by the messages that they answer.
const answers = new WeakMap();

/**
 * Return the items of a thread: messages, then entries of the outbox.
 *
 * Each is `{key, id, clientId, senderId, isOwn, sender, content, parts, isDeleted, event, editedAt,
 * readAt, replyTo, attachments, reactions, isChanging, date, state, error}`; `state` is "waiting", "sending",
 * "failed", "sent" or "read", and `parts` are those of `partsOf`. Fields that the server or an older
 * cache left out are null, false or empty. An entry keeps its key when it becomes a message. Unchanged
 * items stay the same objects.
 */
export function threadItems(messages, pending, ownId) {
  const messageItems = messages.map((each) => remember(each, () => messageItem(each, ownId)));
  const waitingItems = pending.map((each) => waitingItem(each, messages, ownId));
  return [...messageItems, ...waitingItems];
}

/** Return the item of an entry; one that answers a message quotes it as it is now. */
function waitingItem(entry, messages, ownId) {
  const item = remember(entry, () => pendingItem(entry, ownId));
  const quoted = entry.reply_to && messages.find(({ id }) => id === entry.reply_to);
  if (!quoted) return item;
  return remember(quoted, () => new WeakMap(), answers).get(entry) ?? answer(entry, quoted, item);
}

function answer(entry, quoted, item) {
  const { id, sender, content, is_deleted = false } = quoted;
  const answering = { ...item, replyTo: { id, sender, preview: content || null, is_deleted } };
  answers.get(quoted).set(entry, answering);
  return answering;
}

function remember(source, make, known = items) {
  if (!known.has(source)) known.set(source, make());
  return known.get(source);
}

function messageItem(message, ownId) {
  const isOwn = message.sender.id === ownId;
  return {
    // Only the user's own messages can have been entries.
    key: (isOwn && message.client_id) || `id-${message.id}`,
    id: message.id,
    clientId: message.client_id,
    senderId: message.sender.id,
    isOwn,
    sender: message.sender,
    ...contentsOf(message),
    readAt: dateOf(message.read_at),
    date: new Date(message.created_at),
    state: message.is_read ? "read" : "sent",
    error: null,
  };
}

function pendingItem(entry, ownId) {
  return {
    key: entry.client_id,
    id: null,
    clientId: entry.client_id,
    senderId: ownId,
    isOwn: true,
    sender: null,
    ...contentsOf(entry),
    // An entry has only the id of the message that it answers.
    replyTo: entry.reply_to ? { id: entry.reply_to, sender: null, preview: null, is_deleted: false } : null,
    readAt: null,
    date: new Date(entry.created_at),
    state: entry.state,
    error: entry.error,
  };
}

/** Return what a message and an entry have in common; messages of an older cache lack some fields. */
function contentsOf(source) {
  return {
    content: source.content,
    parts: partsOf(source),
    isDeleted: source.is_deleted ?? false,
    event: source.event ?? null,
    editedAt: dateOf(source.edited_at),
    replyTo: source.reply_to ?? null,
    attachments: source.attachments ?? [],
    reactions: source.reactions ?? [],
    isChanging: source.isChanging ?? false,
  };
}

function dateOf(moment) {
  return moment ? new Date(moment) : null;
}

/**
 * Divide items by days in the reader's time zone, and each day into groups of one sender.
 *
 * Returns `[{key, date, groups: [{key, senderId, isOwn, items}]}]`. A gap of 5 minutes starts a new
 * group, and an event is alone in its group. The order of items is kept, even if this device's clock puts an item on an earlier day.
 */
export function daySections(threadItems) {
  const sections = [];
  for (const item of threadItems) {
    const section = sectionFor(sections, item);
    const group = section.groups.at(-1);
    if (group && belongsTo(group, item)) group.items.push(item);
    else section.groups.push(groupOf(item));
  }
  return sections;
}

function sectionFor(sections, item) {
  const last = sections.at(-1);
  const key = dayKey(item.date);
  if (last && key <= last.key) return last;
  const section = { key, date: item.date, groups: [] };
  sections.push(section);
  return section;
}

function groupOf(item) {
  const { key, senderId, isOwn } = item;
  return { key, senderId, isOwn, items: [item] };
}

function belongsTo(group, item) {
  const last = group.items.at(-1);
  const isAlone = last.event || item.event;
  return !isAlone && group.senderId === item.senderId && item.date - last.date < GROUP_MS;
}
