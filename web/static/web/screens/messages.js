import { html, keyed, nothing } from "lit";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import { inbox } from "../live/inbox.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { setTitle } from "../ui/title.js";
import { chooseConversation } from "./messages/empty-states.js";
import "./messages/connection-line.js";
import "./messages/conversation-list.js";
import "./messages/thread-view.js";

/** Show conversations and the open one: two panels on a desk, one of them on a phone. */
class MessagesScreen extends Element {
  /** Tell app-root that this screen has the height of the window: its panels scroll. */
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
    if (!isOpen) setTitle(this.#isArchive ? "Archived" : "Messages");
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
      <div class="list-panel">${this.#renderHead()} ${this.#renderList(thread)}</div>
      <section class="thread-panel" aria-label="Conversation">
        ${thread ? keyed(thread.key, this.#renderThread(thread)) : this.#renderNoThread()}
      </section>
    `;
  }

  get #isArchive() {
    return router.route.name.startsWith("archive");
  }

  /** Tell whether there is nothing to choose from: a trainee has one trainer. */
  get #isSingle() {
    return session.user?.role === "TRAINEE" && inbox.conversations.length <= 1;
  }

  /** What the route opens: `{key, conversationId}` or `{key, traineeId}`, or null. */
  get #thread() {
    const { params, query } = router.route;
    if (params.id) return { key: `conversation-${params.id}`, conversationId: params.id };
    const traineeId = Number(query.trainee);
    return Number.isInteger(traineeId) && traineeId > 0
      ? { key: `trainee-${traineeId}`, traineeId }
      : null;
  }

  #renderHead() {
    if (this.#isArchive) {
      return html`<header class="list-header">
        <a class="icon-button" href="/messages" aria-label="Back to messages">${icon("back")}</a>
        <h1 tabindex="-1">Archived</h1>
      </header>`;
    }
    return html`<header class="list-header">
      <h1 tabindex="-1">Messages</h1>
      ${this.#canStart
        ? html`<a class="icon-button" href="/trainees" aria-label="New message" title="New message">
            ${icon("compose")}
          </a>`
        : nothing}
    </header>`;
  }

  get #canStart() {
    return session.user?.role === "TRAINER" && !session.isImpersonating;
  }

  #renderList(thread) {
    // With a thread open, that one tells of its own connection.
    const connection = thread ? "online" : inbox.connection;
    return html`<connection-line
        .state=${connection}
        .since=${inbox.connectionSince}
      ></connection-line>
      ${keyed(
        this.#isArchive,
        html`<conversation-list
          .isArchive=${this.#isArchive}
          .currentId=${thread?.conversationId ?? null}
        ></conversation-list>`,
      )}
      ${session.user?.role === "TRAINER" && !this.#isArchive ? archiveLink() : nothing}`;
  }

  #renderThread({ conversationId, traineeId }) {
    const list = this.#isArchive ? "/messages/archived" : "/messages";
    return html`<thread-view
      .conversationId=${conversationId ?? null}
      .traineeId=${traineeId ?? null}
      .backTo=${this.#isSingle ? null : list}
      @leave=${() => this.querySelector("conversation-list").focusCurrent()}
    ></thread-view>`;
  }

  #renderNoThread() {
    return inbox.conversations.length || this.#isArchive ? chooseConversation() : nothing;
  }

  /** Go to what the last step has brought; a thread that opens takes the focus itself. */
  async #moveFocus(before, now) {
    await this.updateComplete;
    if (before.isArchive !== now.isArchive) this.querySelector("h1").focus();
    else if (before.isOpen && !now.isOpen) this.querySelector("conversation-list").focusCurrent();
  }

  /** Take a trainee to the one conversation there is. */
  #openTheOnlyOne() {
    const [only] = inbox.conversations;
    const isAtList = router.route.name === "messages";
    if (!isAtList || !this.#isSingle || !only) return;
    router.navigate(`/messages/${only.id}`, { replace: true });
  }
}

function archiveLink() {
  return html`<a class="archive-link" href="/messages/archived">
    ${icon("archive", { small: true })} Archived
  </a>`;
}

customElements.define("messages-screen", MessagesScreen);
