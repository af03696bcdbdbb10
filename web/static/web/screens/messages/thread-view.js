import { html, nothing } from "lit";
import { ApiError, loadLate } from "../../core/api.js";
import { getTrainee } from "../../core/endpoints.js";
import { network } from "../../core/network.js";
import { router } from "../../core/router.js";
import { StoreController } from "../../core/store.js";
import { openThreads } from "../../live/open-threads.js";
import { openThread } from "../../live/thread.js";
import { inbox } from "../../live/inbox.js";
import { fullName, nameInSentence } from "../../text/names.js";
import { t } from "../../text/translate.js";
import { AutoRetry } from "../../ui/auto-retry.js";
import { Element } from "../../ui/element.js";
import { errorState } from "../../ui/states.js";
import { setTitle } from "../../live/badge.js";
import { shownTrainee } from "../message-path.js";
import { closedNote, closedReason, nothingHere } from "./empty-states.js";
import { threadLine } from "./history-parts.js";
import { MessageRoute } from "./message-route.js";
import { otherPerson } from "./people.js";
import { threadHeader } from "./thread-header.js";
import "./composer.js";
import "./message-history.js";

const DESK = matchMedia("(width >= 50rem)");

/**
 * Shows the thread of `conversationId`, at `messageId` if given, or of `traineeId` before there is a
 * conversation.
 *
 * The thread stays the same while the element is connected. Fires "leave" when Escape is pressed.
 */
class ThreadView extends Element {
  static properties = {
    conversationId: { attribute: false },
    messageId: { attribute: false },
    traineeId: { attribute: false },
    backTo: { attribute: false },
    trainee: { state: true },
    failure: { state: true },
    hasAnnouncer: { state: true },
  };

  // Whether the composer had the focus when a first message created the next view's conversation.
  static #keepsFocus = false;

  #thread = null;
  #since = network.now();
  #store = new StoreController(this);

  constructor() {
    super();
    new MessageRoute(this);
    new StoreController(this, inbox); // the connection of an archived thread
    new AutoRetry(this, { errorOf: () => this.failure, retry: () => this.#begin() });
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.conversationId) this.#follow(openThread(this.conversationId));
    else this.#begin();
    loadLate(() => import("./announcer.js")).then(() => (this.hasAnnouncer = true));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#store.store = null;
    if (this.#thread) openThreads.close(this.#thread);
    this.#thread = null;
  }

  get #person() {
    const { conversation } = this.#thread ?? {};
    return conversation ? otherPerson(conversation) : (this.trainee ?? null);
  }

  render() {
    const person = this.#person;
    const { backTo } = this;
    const isLost = this.failure || this.#thread?.error || this.#thread?.status === "gone";
    const isAlone = !DESK.matches || !backTo;
    return html`
      ${threadHeader({ thread: this.#thread, person, isLost: Boolean(isLost), isAlone, backTo })}
      ${this.#thread ? this.#renderThread(person) : nothing}
    `;
  }

  firstUpdated() {
    this.#focus();
  }

  updated() {
    const person = this.#person;
    setTitle(person ? nameInSentence(person) : t("nav.messages"));
  }

  #renderFailure() {
    const retry = this.failure.isTemporary ? () => this.#beginAgain() : null;
    return errorState({ error: this.failure, title: t("conversation.failed"), retry });
  }

  #renderThread(person) {
    const thread = this.#thread;
    // Unsent messages are shown even if the conversation is gone.
    const isEmpty = !thread.messages.length && !thread.pending.length;
    if (isEmpty && this.failure && !person) return this.#renderFailure();
    if (isEmpty && thread.status === "gone") return nothingHere();
    const label = person
      ? t("conversation.log", { name: nameInSentence(person) })
      : t("nav.messages");
    const closed = this.#closedReason(thread, person);
    return html`
      <message-history .thread=${thread} .person=${person} .label=${label}></message-history>
      ${threadLine(thread, person, closed === null)}
      ${closed === null ? this.#renderBox(thread) : closed && closedNote(closed)}
      ${this.hasAnnouncer ? html`<message-announcer .thread=${thread} .since=${this.#since}></message-announcer>` : nothing}
    `;
  }

  /** Return why one cannot write: a text, "" if the page says so already, or null if one can. */
  #closedReason(thread, person) {
    const isKnown = person || thread.messages.length || thread.pending.length;
    // Without a network, nobody can tell whether there is such a conversation, and whose it is.
    if (!isKnown && thread.connection === "offline") return "";
    const canWait = isKnown && thread.error?.isNetwork;
    if (thread.status === "error" && !thread.messages.length && !canWait) return "";
    const isTheirs = !this.failure || this.failure.isTemporary;
    return isTheirs ? closedReason(thread, person) : this.failure.message;
  }

  #renderBox(thread) {
    return html`<message-composer
      .thread=${thread}
      @sent=${() => this.querySelector("message-history")?.followOwn()}
      @leave=${this.#leave}
    ></message-composer>`;
  }

  /** Open the conversation with a trainee, or a thread that will create it. */
  async #begin() {
    const known = inbox.findByTrainee(this.traineeId);
    if (known) return this.#goTo(known.id);
    try {
      const trainee = await getTrainee(this.traineeId);
      if (!this.isConnected) return;
      this.failure = null;
      if (trainee.conversation_id) return this.#goTo(trainee.conversation_id);
      this.trainee = trainee;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failure = error;
      if (error.isNetwork) this.trainee ??= shownTrainee(this.traineeId);
    }
    await this.#beginThread();
  }

  #beginAgain() {
    this.failure = null;
    return this.#begin();
  }

  async #beginThread() {
    if (!this.isConnected) return;
    const { openNewThread } = await import("../../live/new-thread.js");
    if (!this.#thread && this.isConnected) this.#follow(openNewThread(this.traineeId));
    await this.updateComplete;
    this.#focus();
  }

  #follow(thread) {
    this.#thread = this.#store.store = thread;
    thread.addEventListener("created", ({ detail }) => this.#created(detail));
  }

  #created(conversationId) {
    const composer = this.querySelector("message-composer");
    composer?.moveDraft(conversationId);
    ThreadView.#keepsFocus = Boolean(composer?.contains(document.activeElement));
    this.#goTo(conversationId);
  }

  #goTo(conversationId) {
    if (this.isConnected) router.navigate(`/messages/${conversationId}`, { replace: true });
  }

  /** Focus the composer or, on phones, the heading: the keyboard would cover the messages. */
  async #focus() {
    await this.querySelector("message-composer")?.updateComplete;
    const box = DESK.matches || ThreadView.#keepsFocus ? this.querySelector("textarea") : null;
    (box ?? this.querySelector("h2"))?.focus({ preventScroll: true });
    ThreadView.#keepsFocus = false;
  }

  #leave() {
    this.dispatchEvent(new Event("leave"));
  }
}

customElements.define("thread-view", ThreadView);
