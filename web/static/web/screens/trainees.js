import { html, nothing, repeat } from "lit";
import { router } from "../core/router.js";
import { StoreController } from "../core/store.js";
import { inbox } from "../live/inbox.js";
import { fullName, nameInSentence } from "../text/names.js";
import "../text/later.js";
import { parts, t } from "../text/translate.js";
import "../ui/avatar.js";
import { AutoRetry } from "../ui/auto-retry.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import "../ui/load-more.js";
import { emptyState, errorState, skeletonRows } from "../ui/states.js";
import { setTitle } from "../live/badge.js";
import { messagePath } from "./message-path.js";
import { Newcomers, amongTrainees } from "./newcomers.js";
import { searchTrainees } from "./trainee-search.js";

const DEBOUNCE_MS = 250;

/** The trainer's trainees, with a search and links to their conversations. */
class TraineesScreen extends Element {
  #found = new StoreController(this);
  #debounce = 0;

  constructor() {
    super();
    new Newcomers(this, amongTrainees(() => this.list.pages));
    new StoreController(this, router);
    new AutoRetry(this, { errorOf: () => this.list.pages.error, retry: () => this.list.pages.retry() });
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("nav.trainees"));
    this.list = searchTrainees(this.#search);
    this.main = this.closest("main");
    this.main.addEventListener("scroll", this.#saveScroll, { passive: true });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#debounce);
    this.main.removeEventListener("scroll", this.#saveScroll);
  }

  willUpdate() {
    if (router.route.name !== "trainees") {
      this.#saveScroll(); // this screen is being left, and its last scroll event may still be due
    } else if (this.list.search !== this.#search) {
      this.list = searchTrainees(this.#search);
    }
    this.#found.store = this.list.pages;
  }

  updated() {
    const box = this.querySelector("input");
    // Do not overwrite the input while the user types: the URL's text is late and trimmed.
    if (box !== document.activeElement) box.value = this.#search;
  }

  firstUpdated() {
    this.#restoreScroll(this.list.scrollTop);
  }

  /** Scroll in the next frame, and again while the list or the navigation is still too low for it. */
  #restoreScroll(scrollTop, frames = 10) {
    requestAnimationFrame(() => {
      if (!this.isConnected) return;
      this.main.scrollTop = scrollTop;
      const isReached = this.main.scrollTop > scrollTop - 1;
      if (!isReached && frames > 1) this.#restoreScroll(scrollTop, frames - 1);
    });
  }

  render() {
    return html`<div class="page">
      <header class="page-header">
        <h1>${t("nav.trainees")}</h1>
        <a class="button" href="/invitations">
          ${icon("plus", { small: true })} ${t("trainees.invite")}
        </a>
      </header>
      <search class="page-tools">
        <label class="search-field">
          <span class="visually-hidden">${t("trainees.search")}</span>
          ${icon("search", { small: true })}
          <input
            class="input"
            type="search"
            placeholder=${t("trainees.placeholder")}
            autocomplete="off"
            @input=${this.#type}
          />
        </label>
      </search>
      <p class="visually-hidden" role="status">${this.#summary}</p>
      ${this.#body()}
    </div>`;
  }

  #body() {
    const { pages, search } = this.list;
    if (pages.status === "loading") return html`<div class="card">${skeletonRows(8)}</div>`;
    if (pages.status === "error") return failed(pages);
    if (pages.items.length === 0) return search ? nobodyFound(search) : nobodyYet();
    return html`
      <ul class="card card-list" role="list">
        ${repeat(pages.items, (each) => each.id, row)}
      </ul>
      <load-more .pages=${pages}></load-more>
      <p class="list-count">${this.#summary}</p>
    `;
  }

  get #search() {
    return router.route.query.search ?? "";
  }

  get #summary() {
    const { pages, search } = this.list;
    if (pages.status !== "ready") return "";
    const count = pages.total;
    return search ? t("trainees.found", { count }) : t("trainees.count", { count });
  }

  #type(event) {
    const search = event.target.value.trim();
    clearTimeout(this.#debounce);
    this.#debounce = setTimeout(() => this.#searchFor(search), DEBOUNCE_MS);
  }

  /** Keep the search in the URL, for reloading and going back. */
  #searchFor(search) {
    const path = search ? `/trainees?${new URLSearchParams({ search })}` : "/trainees";
    router.navigate(path, { replace: true });
  }

  #saveScroll = () => {
    this.list.scrollTop = this.main.scrollTop;
  };
}

function row(trainee) {
  const name = fullName(trainee);
  const conversation = inbox.findByTrainee(trainee.id);
  return html`<li class="row">
    <user-avatar .person=${conversation?.trainee ?? trainee}></user-avatar>
    <div class="row-text">
      <a class="row-link row-line" href="/trainees/${trainee.id}" dir="auto">${name}</a>
      <span class="soft row-line">
        ${trainee.is_active ? nothing : html`<span class="tag">${t("trainee.inactive")}</span>`}
        ${trainee.email}
      </span>
    </div>
    <div class="row-actions">${messageLink(trainee)}</div>
  </li>`;
}

function messageLink(trainee) {
  return html`<a
    class="button button-soft button-small"
    href=${messagePath(trainee)}
    aria-label=${t("trainee.messageTo", { name: nameInSentence(trainee) })}
  >
    ${icon("messages", { small: true })}
    <span class="row-action-word">${t("trainee.message")}</span>
  </a>`;
}

function failed(pages) {
  return errorState({ error: pages.error, retry: () => pages.load() });
}

function nobodyYet() {
  return emptyState({
    iconName: "trainees",
    title: t("trainees.empty"),
    text: t("trainees.emptyHint"),
    action: html`<a class="button button-primary" href="/invitations">
      ${t("trainees.inviteOne")}
    </a>`,
  });
}

function nobodyFound(search) {
  return emptyState({
    iconName: "search",
    title: t("trainees.noMatch"),
    text: parts("trainees.noMatchHint", { search: html`<bdi>${search}</bdi>` }),
    action: html`<a class="button" href="/trainees">${t("trainees.all")}</a>`,
  });
}

customElements.define("trainees-screen", TraineesScreen);
