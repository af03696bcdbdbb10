import { session } from "../../core/session.js";
import { mayHideUnread } from "../../live/read-receipts.js";
import { isUnread } from "./bubble.js";

const MAX_PAGES = 3;

/** Return whether there can be unread messages before the oldest loaded one. */
export function hasUnreadBefore({ messages, hasOlder, conversation }) {
  const isOthers = (message) => message.sender.id !== session.user?.id;
  return mayHideUnread({ messages, hasOlder, conversation, isOthers });
}

/** Load up to three older pages, until the first unread message is loaded. */
export async function loadUnread(thread) {
  for (let page = 0; page < MAX_PAGES && hasUnreadBefore(thread); page += 1) {
    const before = thread.messages.length;
    await thread.loadOlder().catch(() => {});
    if (thread.messages.length === before) return;
  }
}

/** Return the first unread item that was not on the screen yet, or null. */
export function firstUnseen(items, visibility) {
  return items.find((item) => isUnread(item) && !visibility.hasSeen(item.id)) ?? null;
}
