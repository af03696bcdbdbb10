import { createRef, html, nothing, ref, repeat } from "lit";
import { StoreController } from "../../core/store.js";
import { clock } from "../../live/clock.js";
import { inbox } from "../../live/inbox.js";
import { outbox } from "../../live/outbox.js";
import { Element } from "../../ui/element.js";
import { errorState, skeletonRows } from "../../ui/states.js";
import { conversationRow } from "./conversation-row.js";
import { noConversations } from "./empty-states.js";
import { moveByKey } from "./list-keys.js";
import { ProximityObserver } from "./proximity-observer.js";

const SKELETONS = 8;

/** List the conversations, or with `isArchive` those of removed trainees; more come on the way. */
class ConversationList extends Element {
  static properties = {
    isArchive: { attribute: false },
    currentId: { attribute: false },
    focusedId: { state: true },
    hasFailed: { state: true },
  };

  #scroller = createRef();
  #isLoading = false;
  // The row that has the focus; one that moves loses it, as it is taken out and put in again.
  #focused = null;

  constructor() {
    super();
    new StoreController(this, inbox);
    new StoreController(this, outbox);
    new StoreController(this, clock);
    const onNear = () => this.#loadMore();
    new ProximityObserver(this, { selector: ".list-end", margin: "0px 0px 600px 0px", onNear });
  }

  get scroller() {
    return this.#scroller.value ?? null;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.isArchive) inbox.loadArchived();
  }

  /** Put the focus on the row of the open conversation, or on the first one. */
  focusCurrent() {
    this.querySelector("a[tabindex='0']")?.focus();
  }

  willUpdate() {
    const { activeElement } = document;
    this.#focused = this.contains(activeElement) ? activeElement : null;
  }

  updated() {
    if (!this.#focused?.isConnected || this.#focused === document.activeElement) return;
    this.#focused.focus({ preventScroll: true });
  }

  render() {
    const { status, conversations, hasMore } = this.isArchive ? inbox.archived : inbox;
    const isWaiting = status === "loading" || status === "idle";
    if (conversations.length > 0) return this.#renderList(conversations, hasMore);
    if (isWaiting) return skeletonRows(SKELETONS);
    if (status === "error") return this.#renderError();
    return noConversations(this.isArchive);
  }

  #renderList(conversations, hasMore) {
    const inOrder = this.#rowInOrder(conversations);
    const row = (conversation) =>
      conversationRow(conversation, {
        now: clock.now,
        isCurrent: conversation.id === this.currentId,
        isInOrder: conversation.id === inOrder,
        // The open thread shows its own.
        pending: conversation.id === this.currentId ? [] : outbox.list(conversation.id),
      });
    return html`<div class="list-scroller" ${ref(this.#scroller)}>
      <ul
        class="conversations"
        role="list"
        aria-label=${this.isArchive ? "Archived conversations" : "Conversations"}
        @keydown=${moveByKey}
        @focusin=${this.#noteFocus}
      >
        ${repeat(conversations, ({ id }) => id, row)}
      </ul>
      ${hasMore ? this.#renderEnd() : nothing}
    </div>`;
  }

  #renderEnd() {
    if (!this.hasFailed) {
      return html`<div class="list-end">
        <span class="spinner" role="img" aria-label="Loading more conversations"></span>
      </div>`;
    }
    return html`<div class="list-failed">
      More could not be loaded.
      <button type="button" class="link-button" @click=${() => this.#loadMore()}>Try again</button>
    </div>`;
  }

  #renderError() {
    const retry = () => (this.isArchive ? inbox.loadArchived() : inbox.retry());
    return errorState({ title: "Your conversations could not be loaded", retry });
  }

  /** Choose the one row that Tab goes to; arrows go to the others. */
  #rowInOrder(conversations) {
    const ids = new Set(conversations.map(({ id }) => id));
    return [this.focusedId, this.currentId].find((id) => ids.has(id)) ?? conversations[0].id;
  }

  #noteFocus({ target }) {
    this.focusedId = Number(target.closest("a")?.dataset.conversationId);
  }

  async #loadMore() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const more = this.isArchive ? inbox.loadMoreArchived() : inbox.loadMore();
    this.hasFailed = await more.then(
      () => false,
      () => true,
    );
    this.#isLoading = false;
  }
}

customElements.define("conversation-list", ConversationList);
