import { inbox } from "./inbox.js";

/** Calls `act` with the ids of conversations, as a set, in which a message was deleted since the watch began. */
export class DeletionWatch {
  #act;
  // The version of the last deletion, by conversation.
  #versions = new Map();
  #listening = new AbortController();

  constructor(act) {
    this.#act = act;
    const { signal } = this.#listening;
    this.#learn(inbox.conversations);
    inbox.addEventListener("change", () => this.#follow(inbox.conversations), { signal });
    inbox.addEventListener("updated", ({ detail }) => this.#follow([detail]), { signal });
  }

  stop() {
    this.#listening.abort();
  }

  #follow(conversations) {
    const changed = this.#learn(conversations);
    if (changed.size) this.#act(changed);
  }

  #learn(conversations) {
    const isNew = ({ id, deleted_version: version }) => version > (this.#versions.get(id) ?? 0);
    const changed = conversations.filter(isNew);
    for (const { id, deleted_version: version } of changed) this.#versions.set(id, version);
    return new Set(changed.map(({ id }) => id));
  }
}
