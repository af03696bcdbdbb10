/**
 * The threads that views show, by conversation.
 *
 * A view can close after the next view has opened the same thread, so views share threads.
 */
class OpenThreads {
  #entries = new Map();

  /** Return the thread of a conversation, or what `create()` returns; `close` it as often as it was shared. */
  share(conversationId, create) {
    const entry = this.#entries.get(conversationId) ?? { thread: create(), users: 0 };
    entry.users += 1;
    this.#entries.set(conversationId, entry);
    return entry.thread;
  }

  /** Release a thread. */
  close(thread) {
    const entry = this.#entries.get(thread.id);
    if (entry?.thread !== thread) return thread.close();
    entry.users -= 1;
    if (entry.users > 0) return undefined;
    this.#entries.delete(thread.id);
    return thread.close();
  }

  /** Close all threads after the end of a sign-in. */
  closeAll() {
    for (const { thread } of this.#entries.values()) thread.close();
    this.#entries.clear();
  }
}

// In a module of its own, because all pages need it, and few need the threads themselves.
export const openThreads = new OpenThreads();
