import { html, nothing } from "lit";
import { router } from "../../core/router.js";
import { session } from "../../core/session.js";
import { StoreController } from "../../core/store.js";
import { inbox } from "../../live/inbox.js";
import { clock } from "../../live/page.js";
import { Search } from "../../live/search.js";
import { nameInSentence } from "../../text/names.js";
import { parts, t } from "../../text/translate.js";
import { AutoRetry } from "../../ui/auto-retry.js";
import { Element } from "../../ui/element.js";
import { icon } from "../../ui/icons.js";
import { otherPerson } from "../messages/people.js";
import { ProximityObserver } from "../messages/proximity-observer.js";
import { ActiveOption } from "./active-option.js";
import { resultList, searchState } from "./results.js";
import "./date-jump.js";

/** Show the search over the page, of one conversation if it is given; `typed` is already in its field. */
export function showSearch(conversation, typed) {
  document.body.append(Object.assign(document.createElement("search-dialog"), { conversation, typed }));
}

class SearchDialog extends Element {
  static properties = { conversation: { attribute: false } };

  #store = new StoreController(this);
  #active = new ActiveOption(this);

  constructor() {
    super();
    new StoreController(this, inbox);
    const onNear = () => this.search.error || this.search.loadMore();
    new ProximityObserver(this, { selector: ".search-end", margin: "0px 0px 400px 0px", onNear });
    new AutoRetry(this, {
      errorOf: () => this.search?.error ?? null,
      retry: () => this.search.retry(),
    });
  }

  get scroller() {
    return this.querySelector(".search-body");
  }

  connectedCallback() {
    super.connectedCallback();
    const isTrainer = session.user.role === "TRAINER" && !session.isImpersonating;
    const conversationId = this.conversation?.id ?? null;
    this.search = this.#store.store = new Search({ conversationId, isTrainer });
    if (isTrainer && !conversationId) inbox.loadArchived();
    router.addEventListener("change", this.#close);
    session.addEventListener("ended", this.#close);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.search.stop();
    router.removeEventListener("change", this.#close);
    session.removeEventListener("ended", this.#close);
  }

  firstUpdated() {
    this.querySelector("dialog").showModal();
    if (!this.typed) return;
    this.querySelector("input").value = this.typed;
    this.#typed(this.typed);
  }

  render() {
    const { search } = this;
    return html`<dialog
      class="search-dialog"
      aria-label=${t("search.title")}
      @close=${() => this.remove()}
      @click=${this.#clicked}
    >
      <div class="search-head">
        ${icon("search")} ${this.#renderField()}
        <button type="button" class="icon-button" aria-label=${t("search.close")} @click=${this.#close}>
          ${icon("close")}
        </button>
      </div>
      ${search.conversationId ? this.#renderScope() : nothing}
      <div class="search-body">
        <div id="search-results" role="listbox" aria-label=${t("search.results")}>
          ${resultList(search, { now: clock.now, activeId: this.#active.id })}
        </div>
        ${searchState(search)}
      </div>
    </dialog>`;
  }

  #renderField() {
    return html`<input
      type="search"
      role="combobox"
      aria-label=${t("search.label")}
      placeholder=${this.search.conversationId ? t("search.placeholderIn") : t("search.label")}
      aria-autocomplete="list"
      aria-controls="search-results"
      aria-expanded=${this.#active.id ? "true" : "false"}
      aria-activedescendant=${this.#active.id ?? nothing}
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      enterkeyhint="go"
      maxlength="200"
      autofocus
      @input=${(event) => this.#typed(event.target.value)}
      @keydown=${this.#pressed}
    />`;
  }

  #renderScope() {
    const name = html`<bdi>${nameInSentence(otherPerson(this.conversation))}</bdi>`;
    return html`<div class="search-scope">
      <span>${parts("search.in", { name })}</span>
      <button type="button" class="link-button" @click=${this.#widen}>${t("search.everywhere")}</button>
      <date-jump .conversation=${this.conversation} @done=${this.#close}></date-jump>
    </div>`;
  }

  #pressed(event) {
    // In a field of this type, Escape would only clear it.
    if (event.key === "Escape" && !event.isComposing) this.#close();
    else this.#active.move(event);
  }

  #typed(text) {
    this.#active.reset();
    this.search.type(text);
  }

  #widen() {
    this.search.widen();
    this.querySelector("input").focus();
  }

  #close = () => this.querySelector("dialog")?.close();

  /** Close after a result was chosen, unless it opens elsewhere; and after a click beside the dialog. */
  #clicked(event) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const isResult = event.target.closest("[role='option']");
    if (event.target.localName === "dialog" || (isResult && isPlain)) this.#close();
  }
}

customElements.define("search-dialog", SearchDialog);
