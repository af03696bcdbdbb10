import { session } from "../core/session.js";
import { ActiveList } from "./active-list.js";
import { ConversationList } from "./conversation-list.js";
import { LocatedConversation } from "./located-conversation.js";

/** All conversations that this page knows: the active ones, the archive, and one opened by a link. */
export class InboxRows {
  active = new ActiveList();
  archived = new ConversationList({ isArchive: true });
  #located = new LocatedConversation();

  get(id) {
    return this.#listed(id) ?? this.#located.get(id);
  }

  #listed = (id) => this.active.get(id) ?? this.archived.get(id);

  /** Find a conversation in the lists or on the server; null without access. Throws ApiError. */
  async locate(id) {
    return this.#listed(id) ?? this.#located.fetch(id);
  }

  /** Reload the conversation that a link opened, unless it is listed. Throws ApiError. */
  refreshLocated() {
    return this.#located.refresh(this.#listed);
  }

  put(conversation) {
    this.active.put(conversation);
    if (this.#hasArchive) this.archived.put(conversation);
    const isLost = conversation.is_archived && !this.#hasArchive;
    this.#located.put(conversation.id, isLost ? null : conversation);
  }

  /** Trainees have no access to archived conversations. */
  get #hasArchive() {
    return session.user?.role !== "TRAINEE";
  }
}
