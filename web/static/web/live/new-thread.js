import { inbox } from "./inbox.js";
import { outbox } from "./outbox.js";
import { Outgoing } from "./outgoing.js";

/**
 * A thread with a trainee who has no conversation yet; the first message creates one.
 *
 * Fires "created" with the conversation's id in `detail`, even if it was created elsewhere.
 */
class NewThread extends Outgoing {
  id = null;
  conversation = null;
  status = "ready";
  error = null;
  messages = [];
  newestMessages = [];
  hasOlder = false;
  hasNewer = false;
  isLoadingOlder = false;
  isLoadingNewer = false;
  otherIsTyping = false;
  #isCreated = false;

  constructor(traineeId) {
    super();
    this.traineeId = traineeId;
    this.follow(outbox, "created", ({ detail }) => {
      if (detail.traineeId === traineeId) this.#created(detail.conversationId);
    });
    this.follow(inbox, "change", () => this.#inboxChanged());
  }

  get connection() {
    return inbox.connection;
  }

  get connectionSince() {
    return inbox.connectionSince;
  }

  get pending() {
    return outbox.list({ traineeId: this.traineeId });
  }

  get target() {
    return { trainee_id: this.traineeId };
  }

  #inboxChanged() {
    const conversation = inbox.findByTrainee(this.traineeId);
    if (conversation) this.#created(conversation.id);
    else this.changed();
  }

  #created(conversationId) {
    if (this.#isCreated) return;
    this.#isCreated = true;
    this.dispatchEvent(new CustomEvent("created", { detail: conversationId }));
  }

  // The rest of Thread's interface, which has no effect here.
  async loadOlder() {}
  async loadNewer() {}
  async jumpTo() {}
  showNewest() {}
  async retry() {}
  type() {}
  seen() {}
  readUpTo() {}
}

/** Open a thread with a trainee who has no conversation yet. */
export function openNewThread(traineeId) {
  return new NewThread(traineeId);
}
