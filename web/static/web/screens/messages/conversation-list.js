import { createRef, html, nothing, ref, repeat } from "lit";
import { session } from "../../core/session.js";
import { StoreController } from "../../core/store.js";
import { clock } from "../../live/page.js";
import { inbox } from "../../live/inbox.js";
import { outbox } from "../../live/outbox.js";
import { t } from "../../text/translate.js";
import { AutoRetry } from "../../ui/auto-retry.js";
import { Element } from "../../ui/element.js";
import { toast } from "../../ui/toast.js";
import { errorState, skeletonRows } from "../../ui/states.js";
import { conversationRow } from "./conversation-row.js";
import { noConversations } from "./empty-states.js";
import { ProximityObserver } from "./proximity-observer.js";

const SKELETONS = 8;
const STEPS = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** The list of conversations or, with `isArchive`, of archived ones; loads more while scrolling. */
class ConversationList extends Element {
  static properties = {
    isArchive: { attribute: false },
    currentId: { attribute: false },
    focusedId: { state: true },
    moreError: { state: true },
  };

  #scroller = createRef();
  #isLoading = false;
  // The focused row. It loses the focus when Lit moves it.
  #focused = null;

  constructor() {
    super();
    new StoreController(this, inbox);
    new StoreController(this, outbox);
    new StoreController(this, session); // a trainee's trainer, in the hint of an empty list
    new StoreController(this, clock);
    const onNear = () => this.#loadMore();
    new ProximityObserver(this, { selector: ".list-end", margin: "0px 0px 600px 0px", onNear });
    new AutoRetry(this, {
      errorOf: () => this.moreError ?? this.#source.error,
      retry: () => (this.moreError ? this.#loadMore() : this.#reload({ isQuiet: true })),
    });
  }

  get scroller() {
    return this.#scroller.value ?? null;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.isArchive) inbox.loadArchived();
  }

  /** Focus the row of the open conversation, or the first one. */
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
    const { status, conversations, hasMore } = this.#source;
    const isWaiting = status === "loading" || status === "idle";
    if (conversations.length > 0) return this.#renderList(conversations, hasMore);
    if (isWaiting) return skeletonRows(SKELETONS);
    if (status === "error") return this.#renderError();
    return noConversations(this.isArchive);
  }

  #renderList(conversations, hasMore) {
    const tabStop = this.#tabStop(conversations);
    const row = (conversation) =>
      conversationRow(conversation, {
        now: clock.now,
        isCurrent: conversation.id === this.currentId,
        isTabStop: conversation.id === tabStop,
        // The open thread shows its own unsent messages.
        pending: conversation.id === this.currentId ? [] : outbox.list(conversation.id),
        markRead: session.isImpersonating ? null : () => this.#markRead(conversation.id),
      });
    return html`<div class="list-scroller" ${ref(this.#scroller)}>
      <ul
        class="conversations"
        role="list"
        aria-label=${this.isArchive ? t("archive.list") : t("conversations.label")}
        @keydown=${moveByKey}
        @focusin=${this.#noteFocus}
      >
        ${repeat(conversations, ({ id }) => id, row)}
      </ul>
      ${hasMore ? this.#renderEnd() : nothing}
    </div>`;
  }

  get #source() {
    return this.isArchive ? inbox.archived : inbox;
  }

  #reload(options) {
    return this.isArchive ? inbox.loadArchived(options) : inbox.retry(options);
  }

  #renderEnd() {
    if (!this.moreError) {
      return html`<div class="list-end">
        <span class="spinner" role="img" aria-label=${t("conversations.loadingMore")}></span>
      </div>`;
    }
    return html`<div class="list-failed">
      ${t("conversations.moreFailed")}
      <button type="button" class="link-button" @click=${() => this.#loadMore()}>
        ${t("action.retry")}
      </button>
    </div>`;
  }

  #renderError() {
    const { error } = this.#source;
    return errorState({ error, title: t("conversations.failed"), retry: () => this.#reload() });
  }

  /** Return the one row that Tab reaches; arrow keys reach the others. */
  #tabStop(conversations) {
    const ids = new Set(conversations.map(({ id }) => id));
    return [this.focusedId, this.currentId].find((id) => ids.has(id)) ?? conversations[0].id;
  }

  #noteFocus({ target }) {
    const link = target.closest("li")?.querySelector("a");
    this.focusedId = Number(link?.dataset.conversationId);
  }

  /** Mark a conversation as read, and return the focus from the button, which disappears. */
  async #markRead(id) {
    this.querySelector(`a[data-conversation-id="${id}"]`)?.focus();
    await inbox.markRead(id).catch((error) => toast(error.message));
  }

  async #loadMore() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const more = this.isArchive ? inbox.loadMoreArchived() : inbox.loadMore();
    this.moreError = await more.then(() => null, (error) => error);
    this.#isLoading = false;
  }
}

/** Move the focus between the links of a list with the arrow keys, Home and End. */
function moveByKey(event) {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  const index = links.indexOf(document.activeElement);
  if (index < 0) return;
  event.preventDefault();
  links[Math.max(0, Math.min(step(index, links.length - 1), links.length - 1))].focus();
}

customElements.define("conversation-list", ConversationList);
