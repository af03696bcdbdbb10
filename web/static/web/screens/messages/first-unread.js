import { session } from "../../core/session.js";
import { mayHideUnread } from "../../live/read-receipts.js";
import { isUnread } from "./bubble.js";

const MAX_PAGES = 5;

/** Tell whether unread messages can lie before the oldest one that is loaded. */
export function hasUnreadBefore({ messages, hasOlder, conversation }) {
  const isOthers = (message) => message.sender.id !== session.user?.id;
  return mayHideUnread({ messages, hasOlder, conversation, isOthers });
}

/** Load older pages, five at most, until the first unread message is there. */
export async function loadUnread(thread) {
  for (let page = 0; page < MAX_PAGES && hasUnreadBefore(thread); page += 1) {
    const before = thread.messages.length;
    await thread.loadOlder().catch(() => {});
    if (thread.messages.length === before) return;
  }
}

/** Return the first unread item that nobody has had on the screen, or null; `watch` knows. */
export function firstUnseen(items, watch) {
  return items.find((item) => isUnread(item) && !watch.hasSeen(item.id)) ?? null;
}
