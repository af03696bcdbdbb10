import { session } from "../../../core/session.js";
import { threadItems } from "../../../live/messages.js";

/**
 * Return what is known of the message whose row contains an element, or null without one.
 *
 * It is `{row, history, thread, composer, message, item}`; `composer` is null where nobody can write.
 */
export function messageAt(element) {
  const row = element.closest?.(".message[data-message-id]");
  const history = row?.closest("message-history");
  if (!history) return null;
  const { thread } = history;
  const message = thread.messages.find(({ id }) => id === Number(row.dataset.messageId));
  if (!message) return null;
  const composer = history.closest("thread-view")?.querySelector("message-composer") ?? null;
  const [item] = threadItems([message], [], session.user?.id);
  return { row, history, thread, composer, message, item };
}
