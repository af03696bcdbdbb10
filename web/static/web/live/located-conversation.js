import { getConversation } from "../core/endpoints.js";

const NOT_FOUND = 404;

/** The conversation that a link opened, which may not be in any loaded page. */
export class LocatedConversation {
  #row = null;

  get(id) {
    return this.#row?.id === id ? this.#row : null;
  }

  /** Load a conversation; null if the user has no access. Throws ApiError. */
  async fetch(id) {
    try {
      this.#row = await getConversation(id);
    } catch (error) {
      if (error.status !== NOT_FOUND) throw error;
      this.#row = null;
    }
    return this.#row;
  }

  /** Reload the conversation, unless `isListed(id)`: lists are kept in sync. Throws ApiError. */
  async refresh(isListed) {
    if (this.#row && !isListed(this.#row.id)) await this.fetch(this.#row.id);
  }

  /** Apply the new state of a conversation, or null if the user lost access. */
  put(id, row) {
    if (this.#row?.id === id) this.#row = row;
  }
}
