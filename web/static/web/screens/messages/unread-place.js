import { session } from "../../core/session.js";
import { isUnread } from "./bubble.js";

const MAX_PAGES = 5;

/** Tell whether unread messages lie before the oldest one that is loaded. */
export function hasUnreadBefore(thread) {
  const others = thread.messages.filter((message) => message.sender.id !== session.user?.id);
  const unread = others.filter((message) => !message.is_read);
  const reachesTop = others.length > 0 && !others[0].is_read;
  return thread.hasOlder && reachesTop && unread.length < (thread.conversation?.unread_count ?? 0);
}

/** Load older pages, five at most, until the first unread message is there. */
export async function loadUnread(thread) {
  for (let page = 0; page < MAX_PAGES && hasUnreadBefore(thread); page += 1) {
    const before = thread.messages.length;
    await thread.loadOlder().catch(() => {});
    if (thread.messages.length === before) return;
  }
}

/** Return the first unread item that nobody has had on the screen, or null. */
export function firstUnseen(items, seenId) {
  return items.find((item) => isUnread(item) && item.id > seenId) ?? null;
}
