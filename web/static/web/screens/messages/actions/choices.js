import { network } from "../../../core/network.js";
import { changes } from "../../../live/changes.js";

const EDIT_MS = 15 * 60_000;

/** The reactions that the menu offers first. */
export const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

const MAX_KINDS = 6;

/**
 * Return what can be done with a message, as a set; `canWrite` is false in a closed conversation. Nobody wrote an
 * event, such as that somebody joined, so there is nothing to do with it.
 */
export function choicesFor(item, canWrite) {
  if (item.event) return new Set();
  const isThere = !item.isDeleted;
  const isChangeable = item.isOwn && canWrite && isThere;
  const choices = {
    reply: canWrite && isThere,
    react: canWrite && isThere,
    copy: isThere && Boolean(item.content),
    edit: isChangeable && isEditable(item),
    delete: isChangeable,
    info: !item.isChanging,
    undo: changes.canUndo(item.id),
  };
  return new Set(Object.keys(choices).filter((name) => choices[name]));
}

/** Return whether the server takes an edit of a message now: 15 minutes long, unless it is sooner deleted. */
function isEditable({ date }) {
  return network.now() - date < EDIT_MS;
}

/** Return the emoji to which reactions are limited, because a message has at most 6 kinds; else null. */
export function reactionLimit({ reactions }) {
  return reactions.length < MAX_KINDS ? null : reactions.map(({ emoji }) => emoji);
}

/** Return whether the user has reacted with an emoji. */
export function hasReacted({ reactions }, emoji, userId) {
  return reactions.some((each) => each.emoji === emoji && each.user_ids.includes(userId));
}
