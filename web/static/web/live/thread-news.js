/**
 * Notices what the other person has changed in messages: edits, deletions and reactions.
 *
 * What is there when a message is first seen is no news.
 */
export class ThreadNews {
  #ownId;
  #known = new Map();

  constructor(ownId) {
    this.#ownId = ownId;
  }

  /**
   * Return what is new in messages since the last call, as `{kind, message, emoji}`; `kind` is "edited", "deleted"
   * or "reacted".
   */
  follow(messages) {
    const news = [];
    for (const message of messages) {
      const before = this.#known.get(message.id);
      if (before === message) continue;
      this.#known.set(message.id, message);
      if (before) news.push(...this.#compare(before, message));
    }
    return news;
  }

  #compare(before, message) {
    const isOthers = message.sender.id !== this.#ownId;
    if (message.is_deleted) return isOthers && !before.is_deleted ? [{ kind: "deleted", message }] : [];
    const isEdited = isOthers && message.edited_at && message.content !== before.content;
    const reacted = this.#newReactions(before, message).map((emoji) => ({ kind: "reacted", message, emoji }));
    return isEdited ? [{ kind: "edited", message }, ...reacted] : reacted;
  }

  /** Return the emoji that the other person has added. */
  #newReactions(before, { reactions = [] }) {
    const had = new Set(emojiOf(before.reactions ?? [], this.#ownId));
    return emojiOf(reactions, this.#ownId).filter((emoji) => !had.has(emoji));
  }
}

/** Return the emoji with which others than this user have reacted. */
function emojiOf(reactions, ownId) {
  return reactions.filter(({ user_ids: ids }) => ids.some((id) => id !== ownId)).map(({ emoji }) => emoji);
}
