import { getConversation } from "../core/endpoints.js";

const NOT_FOUND = 404;

/** The conversation that was last opened by a link, wherever it stands in the lists. */
export class LocatedConversation {
  #row = null;

  get(id) {
    return this.#row?.id === id ? this.#row : null;
  }

  /** Ask the server; null without access. Throws ApiError. */
  async fetch(id) {
    try {
      this.#row = await getConversation(id);
    } catch (error) {
      if (error.status !== NOT_FOUND) throw error;
      this.#row = null;
    }
    return this.#row;
  }

  /** Ask again, unless `isListed(id)`: then the list is kept in sync. Throws ApiError. */
  async refresh(isListed) {
    if (this.#row && !isListed(this.#row.id)) await this.fetch(this.#row.id);
  }

  /** Apply the new state of a conversation, or null where it has no access any more. */
  put(id, row) {
    if (this.#row?.id === id) this.#row = row;
  }
}
