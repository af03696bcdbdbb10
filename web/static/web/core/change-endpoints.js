import { request } from "./api.js";

// Changes outlive the page that requests them.
const OUTLIVES = { keepalive: true };
const messagePath = (id, messageId) => `messaging/conversations/${id}/messages/${messageId}/`;
const reactionPath = (id, messageId, emoji) =>
  `${messagePath(id, messageId)}reactions/${encodeURIComponent(emoji)}/`;

/** Edit a message; returns it. */
export const editMessage = (id, messageId, content) =>
  request("PATCH", messagePath(id, messageId), { body: { content }, ...OUTLIVES });

/** Delete a message for both sides. */
export const deleteMessage = (id, messageId) =>
  request("DELETE", messagePath(id, messageId), OUTLIVES);

/** React to a message with an emoji; returns the message. */
export const addReaction = (id, messageId, emoji) =>
  request("PUT", reactionPath(id, messageId, emoji), OUTLIVES);

/** Take back a reaction; returns the message. */
export const removeReaction = (id, messageId, emoji) =>
  request("DELETE", reactionPath(id, messageId, emoji), OUTLIVES);
