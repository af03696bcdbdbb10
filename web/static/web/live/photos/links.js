import { getMessages } from "../../core/endpoints.js";

const GATHER_MS = 100;
const AGAIN_MS = 60_000;
const MOST = 100;

// By conversation: attachments to renew, by id, as {photo, messageId, resolve}.
const waiting = new Map();
// When the links of an attachment were renewed, by id, as performance.now().
const renewedAt = new Map();

/**
 * Replace the links of an attachment, which are valid for one to two days, by new ones.
 *
 * Resolves to whether there are new links. They are put into the attachment itself, so that the thread
 * stores them too. The messages of one screen are read together; an attachment at most once a minute.
 */
export function renewLinks(conversationId, messageId, photo) {
  const isRecent = performance.now() - (renewedAt.get(photo.id) ?? -Infinity) < AGAIN_MS;
  if (isRecent) return Promise.resolve(false);
  renewedAt.set(photo.id, performance.now());
  if (!waiting.has(conversationId)) {
    waiting.set(conversationId, new Map());
    setTimeout(() => renewAll(conversationId), GATHER_MS);
  }
  const { promise, resolve } = deferred();
  waiting.get(conversationId).set(photo.id, { photo, messageId, resolve });
  return promise;
}

async function renewAll(conversationId) {
  const due = waiting.get(conversationId);
  waiting.delete(conversationId);
  while (due.size) {
    const newest = Math.max(...[...due.values()].map(({ messageId }) => messageId));
    const found = await read(conversationId, newest);
    const oldest = found.at(-1)?.id ?? newest;
    for (const [id, { photo, messageId, resolve }] of due) {
      if (messageId < oldest) continue;
      resolve(replaceLinks(photo, found.flatMap(({ attachments = [] }) => attachments)));
      due.delete(id);
    }
  }
}

/** Return the messages up to and including an id, newest first; none if they cannot be read. */
async function read(conversationId, id) {
  const options = { before: id + 1, limit: MOST };
  return getMessages(conversationId, options).then(({ results }) => results, () => []);
}

function replaceLinks(photo, attachments) {
  const fresh = attachments.find(({ id }) => id === photo.id);
  if (fresh) photo.urls = fresh.urls;
  return Boolean(fresh);
}

/** Return `{promise, resolve}`, as a newer function of Promise does. */
function deferred() {
  let resolve;
  const promise = new Promise((each) => (resolve = each));
  return { promise, resolve };
}
