import { contentsVersion } from "./messages.js";

const PREVIEW_LENGTH = 100;

/** What a deleted message has in the place of its contents. */
export const DELETED = Object.freeze({
  content: "",
  image: null,
  attachments: [],
  reactions: [],
  reply_to: null,
  edited_at: null,
  is_deleted: true,
});

/**
 * What frames have said about messages, by id: the newest edit, the newest reactions, and the deletion.
 *
 * Patches are kept, because a page that was requested before a frame can arrive after it. A patch applies
 * to messages whose contents are of an earlier version.
 */
export class Patches {
  #byId = new Map();

  /** Record `values` of a kind, "edited", "reacted" or "deleted", as of a version. */
  add(kind, id, values, version) {
    const known = this.#byId.get(id) ?? {};
    if (known.deleted || known[kind]?.version >= version) return;
    const patch = { values, version };
    // The text of an edit is not kept after the deletion.
    this.#byId.set(id, kind === "deleted" ? { deleted: patch } : { ...known, [kind]: patch });
  }

  /** Record which of these messages are deleted, because others can quote them. */
  note(messages) {
    for (const { id, version } of messages.filter((each) => each.is_deleted)) {
      this.add("deleted", id, DELETED, version);
    }
  }

  /** Return messages with their patches and up-to-date quotes; unchanged ones stay the same objects. */
  applyTo(messages) {
    const patched = this.#byId.size ? messages.map((each) => this.#patch(each)) : messages;
    return withQuotes(patched, (id) => Boolean(this.#byId.get(id)?.deleted));
  }

  #patch(message) {
    const patches = Object.entries(this.#byId.get(message.id) ?? {});
    return patches.reduce((before, [kind, patch]) => apply(before, kind, patch), message);
  }
}

function apply(message, kind, { values, version }) {
  const known = Math.max(contentsVersion(message), message.patched?.[kind] ?? 0);
  if (message.is_deleted || version <= known) return message;
  return {
    ...message,
    ...values,
    version: Math.max(message.version, version),
    contents_version: contentsVersion(message),
    patched: { ...message.patched, [kind]: version },
  };
}

/**
 * Return messages whose quotes of other messages show these as they are now.
 *
 * `isDeleted(id)` knows deletions of messages that are not in the list.
 */
export function withQuotes(messages, isDeleted = () => false) {
  if (!messages.some((each) => each.reply_to)) return messages;
  const byId = new Map(messages.map((each) => [each.id, each]));
  return messages.map((each) => {
    const quote = each.reply_to && currentQuote(each.reply_to, byId, isDeleted);
    return quote === each.reply_to ? each : { ...each, reply_to: quote };
  });
}

function currentQuote(quote, byId, isDeleted) {
  const quoted = byId.get(quote.id);
  if (quoted?.is_deleted || isDeleted(quote.id)) {
    return quote.is_deleted ? quote : { ...quote, preview: null, is_deleted: true };
  }
  if (!quoted?.edited_at || !quoted.content) return quote;
  const preview = [...quoted.content].slice(0, PREVIEW_LENGTH).join("");
  return preview === quote.preview ? quote : { ...quote, preview };
}
