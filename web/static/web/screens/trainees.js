import { html, nothing, repeat } from "lit";
import { router } from "../core/router.js";
import { StoreController } from "../core/store.js";
import { inbox } from "../live/inbox.js";
import { fullName } from "../text/names.js";
import "../ui/avatar.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import "../ui/load-more.js";
import { emptyState, errorState, skeletonRows } from "../ui/states.js";
import { setTitle } from "../ui/title.js";
import { messagePath } from "./message-path.js";
import { searchTrainees } from "./trainee-search.js";

const PAUSE_MS = 250;

/** List a trainer's trainees: find one among hundreds, and write to them straight away. */
class TraineesScreen extends Element {
  #found = new StoreController(this);
  #pause = 0;

  constructor() {
    super();
    new StoreController(this, router);
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle("Trainees");
    this.list = searchTrainees(this.#search);
    this.main = this.closest("main");
    this.main.addEventListener("scroll", this.#keepPlace, { passive: true });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#pause);
    this.main.removeEventListener("scroll", this.#keepPlace);
  }

  willUpdate() {
    if (router.route.name === "trainees" && this.list.search !== this.#search) {
      this.list = searchTrainees(this.#search);
    }
    this.#found.store = this.list.pages;
  }

  updated() {
    const box = this.querySelector("input");
    // Nobody's typing is written over: the address has it without its outer spaces, and later.
    if (box !== document.activeElement) box.value = this.#search;
  }

  firstUpdated() {
    this.main.scrollTop = this.list.place;
  }

  render() {
    return html`<div class="page">
      <header class="page-header">
        <h1>Trainees</h1>
        <a class="button" href="/invitations">${icon("plus", { small: true })} Invite</a>
      </header>
      <search class="page-tools">
        <label class="search-field">
          <span class="visually-hidden">Search trainees</span>
          ${icon("search", { small: true })}
          <input
            class="input"
            type="search"
            dir="auto"
            placeholder="Search by name or email"
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
    const unit = pages.total === 1 ? "trainee" : "trainees";
    return search ? `${pages.total} ${unit} found` : `${pages.total} ${unit}`;
  }

  #type(event) {
    const search = event.target.value.trim();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#searchFor(search), PAUSE_MS);
  }

  /** The address keeps the search, for reloading and for coming back. */
  #searchFor(search) {
    const path = search ? `/trainees?${new URLSearchParams({ search })}` : "/trainees";
    router.navigate(path, { replace: true });
  }

  #keepPlace = () => {
    this.list.place = this.main.scrollTop;
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
        ${trainee.is_active ? nothing : html`<span class="tag">Inactive</span>`} ${trainee.email}
      </span>
    </div>
    <div class="row-actions">${messageLink(trainee, name)}</div>
  </li>`;
}

function messageLink(trainee, name) {
  return html`<a
    class="button button-soft button-small"
    href=${messagePath(trainee)}
    aria-label="Message ${name}"
  >
    ${icon("messages", { small: true })} <span class="row-action-word">Message</span>
  </a>`;
}

function failed(pages) {
  return errorState({ error: pages.error, retry: () => pages.load() });
}

function nobodyYet() {
  return emptyState({
    iconName: "trainees",
    title: "No trainees yet",
    text: "Invite somebody by email. Once they have joined, you can write to each other.",
    action: html`<a class="button button-primary" href="/invitations">Invite a trainee</a>`,
  });
}

function nobodyFound(search) {
  return emptyState({
    iconName: "search",
    title: "Nobody found",
    text: html`No name or email has “<bdi>${search}</bdi>” in it.`,
    action: html`<a class="button" href="/trainees">Show all trainees</a>`,
  });
}

customElements.define("trainees-screen", TraineesScreen);
