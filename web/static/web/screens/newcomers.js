import { inbox } from "../live/inbox.js";

/**
 * Refreshes a list on the screen when somebody has joined, which the inbox socket reports.
 *
 * `isMissing(conversation, isNew)` returns whether the list does not show yet that its trainee has
 * joined. `isNew`: there was no such conversation when the screen was opened.
 */
export class Newcomers {
  #isMissing;
  #refresh;
  #known = null;
  // What the list was refreshed for, as "id-version": it need not change the answer of `isMissing`.
  #handled = new Set();

  constructor(host, { isMissing, refresh }) {
    this.#isMissing = isMissing;
    this.#refresh = refresh;
    host.addController(this);
  }

  hostConnected() {
    inbox.addEventListener("change", this.#check);
  }

  hostDisconnected() {
    inbox.removeEventListener("change", this.#check);
    this.#known = null;
  }

  /** The list has changed. */
  hostUpdated() {
    this.#check();
  }

  #check = () => {
    if (inbox.status !== "ready") return;
    this.#known ??= new Set(inbox.conversations.map(({ id }) => id));
    const missing = inbox.conversations.filter((each) => this.#isNews(each));
    for (const { id, version } of missing) this.#handled.add(`${id}-${version}`);
    if (missing.length > 0) this.#refresh();
  };

  #isNews(conversation) {
    const { id, version } = conversation;
    if (this.#handled.has(`${id}-${version}`)) return false;
    return this.#isMissing(conversation, !this.#known.has(id));
  }
}

/** Return the options of `Newcomers` for a list of trainees, which lacks those who have just joined. */
export function amongTrainees(pages) {
  const has = ({ id }) => pages().items.some((each) => each.id === id);
  return {
    isMissing: ({ trainee, last_message_kind: kind }, isNew) =>
      (isNew || kind === "joined") && !has(trainee),
    refresh: () => pages().refresh(),
  };
}

/** Return the options of `Newcomers` for a list of invitations, which shows them as still pending. */
export function amongInvitations(pages) {
  return {
    isMissing: ({ trainee }) =>
      pages.items.some((each) => each.status === "pending" && each.email === trainee.email),
    refresh: () => pages.refresh(),
  };
}
