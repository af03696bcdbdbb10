import { html, keyed, nothing } from "lit";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import { inbox } from "../live/inbox.js";
import { t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { setTitle } from "../live/badge.js";
import { chooseConversation } from "./messages/empty-states.js";
import { openSearch } from "./search/opening.js";
import "./messages/connection-line.js";
import "./messages/conversation-list.js";
import "./messages/thread-view.js";

/** Conversations and the open thread: two panels on a desktop, one on a phone. */
class MessagesScreen extends Element {
  /** Read by app-root: this screen fills the window, and its panels scroll. */
  fills = true;
  #before = null;

  constructor() {
    super();
    new StoreController(this, router);
    new StoreController(this, inbox);
    new StoreController(this, session);
  }

  willUpdate() {
    const isOpen = Boolean(this.#thread);
    this.dataset.pane = isOpen ? "thread" : "list";
    this.toggleAttribute("data-single", this.#isSingle);
    if (!isOpen) setTitle(this.#isArchive ? t("archive.title") : t("nav.messages"));
  }

  updated() {
    this.#openTheOnlyOne();
    const now = { isArchive: this.#isArchive, isOpen: Boolean(this.#thread) };
    if (this.#before) this.#moveFocus(this.#before, now);
    this.#before = now;
  }

  render() {
    const thread = this.#thread;
    return html`
      <div class="list-panel">
        ${this.#renderHead(thread)}
        <notification-offer></notification-offer>
        ${this.#renderList(thread)}
      </div>
      <section class="thread-panel" aria-label=${t("conversation.label")}>
        ${thread ? keyed(thread.key, this.#renderThread(thread)) : this.#renderNoThread()}
      </section>
    `;
  }

  get #isArchive() {
    return router.route.name.startsWith("archive");
  }

  /** Whether there is only one conversation: a trainee has one trainer. */
  get #isSingle() {
    return session.user?.role === "TRAINEE" && inbox.conversations.length <= 1;
  }

  /** The thread of the route: `{key, conversationId, messageId}`, `{key, traineeId}` or null. */
  get #thread() {
    const { params, query } = router.route;
    if (params.id) {
      const messageId = Number(query.message) || null;
      return { key: `conversation-${params.id}`, conversationId: params.id, messageId };
    }
    const traineeId = Number(query.trainee);
    return Number.isInteger(traineeId) && traineeId > 0
      ? { key: `trainee-${traineeId}`, traineeId }
      : null;
  }

  #renderHead(thread) {
    if (this.#isArchive) {
      return html`<header class="list-header">
        <a class="icon-button" href="/messages" aria-label=${t("nav.toMessages")}>
          ${icon("back")}
        </a>
        ${this.#renderTitle(t("archive.title"), thread)} ${searchButton()}
      </header>`;
    }
    return html`<header class="list-header">
      ${this.#renderTitle(t("nav.messages"), thread)} ${searchButton()}
      ${this.#canStart ? newMessageLink() : nothing}
    </header>`;
  }

  get #canStart() {
    return session.user?.role === "TRAINER" && !session.isImpersonating;
  }

  /** Render the title, with the connection below it, where it moves nothing. */
  #renderTitle(title, thread) {
    // An open thread shows its own connection.
    const connection = thread ? "online" : inbox.connection;
    return html`<div class="list-title">
      <h1 tabindex="-1">${title}</h1>
      <connection-line .state=${connection} .since=${inbox.connectionSince}></connection-line>
    </div>`;
  }

  #renderList(thread) {
    return html`${keyed(
        this.#isArchive,
        html`<conversation-list
          .isArchive=${this.#isArchive}
          .currentId=${thread?.conversationId ?? null}
        ></conversation-list>`,
      )}
      ${session.user?.role === "TRAINER" && !this.#isArchive ? archiveLink() : nothing}`;
  }

  #renderThread({ conversationId, messageId, traineeId }) {
    const list = this.#isArchive ? "/messages/archived" : "/messages";
    return html`<thread-view
      .conversationId=${conversationId ?? null}
      .messageId=${messageId ?? null}
      .traineeId=${traineeId ?? null}
      .backTo=${this.#isSingle ? null : list}
      @leave=${() => this.querySelector("conversation-list").focusCurrent()}
    ></thread-view>`;
  }

  #renderNoThread() {
    const { conversations } = this.#isArchive ? inbox.archived : inbox;
    return conversations.length ? chooseConversation() : nothing;
  }

  /** Focus the panel that a navigation has shown; a thread focuses itself. */
  async #moveFocus(before, now) {
    await this.updateComplete;
    if (before.isArchive !== now.isArchive) this.querySelector("h1").focus();
    else if (before.isOpen && !now.isOpen) this.querySelector("conversation-list").focusCurrent();
  }

  /** Open a trainee's only conversation. */
  #openTheOnlyOne() {
    const [only] = inbox.conversations;
    const isAtList = router.route.name === "messages";
    if (!isAtList || !this.#isSingle || !only) return;
    router.navigate(`/messages/${only.id}`, { replace: true });
  }
}

function searchButton() {
  const label = t("search.open");
  return html`<button
    type="button"
    class="icon-button"
    aria-label=${label}
    aria-keyshortcuts="Control+K Meta+K"
    title=${label}
    @click=${() => openSearch()}
  >
    ${icon("search")}
  </button>`;
}

function newMessageLink() {
  const label = t("nav.newMessage");
  return html`<a class="icon-button" href="/trainees" aria-label=${label} title=${label}>
    ${icon("compose")}
  </a>`;
}

function archiveLink() {
  return html`<a class="archive-link" href="/messages/archived">
    ${icon("archive", { small: true })} ${t("archive.title")}
  </a>`;
}

customElements.define("messages-screen", MessagesScreen);
