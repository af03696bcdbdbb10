import { html, nothing } from "lit";
import { network } from "../core/network.js";
import { PUBLIC_ROUTES } from "../core/routes.js";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import { startLive } from "../live/live.js";
import { fullName } from "../text/names.js";
import "./app-nav.js";
import { banner } from "./banner.js";
import { Element } from "./element.js";
import { screenOf } from "./screens.js";
import { errorState } from "./states.js";
import { toast } from "./toast.js";
import "./title.js"; // it reads the product's name before the badge writes over it
import { followViewport } from "./viewport.js";

/** Frame everything: banner, navigation and a screen; fires "ready" when the first one stands. */
class AppRoot extends Element {
  static properties = { screen: { state: true }, failure: { state: true } };
  #shown = "";

  constructor() {
    super();
    new StoreController(this, session);
    new StoreController(this, router);
    startLive();
    followViewport();
  }

  willUpdate() {
    const hasNav = session.state === "signed-in" && !PUBLIC_ROUTES.has(router.route.name);
    this.toggleAttribute("data-signed-out", !hasNav);
    this.toggleAttribute("data-thread-open", isThread(router.route));
    this.toggleAttribute("data-only-thread", session.user?.role === "TRAINEE");
  }

  updated() {
    if (session.state !== "starting") this.#show();
  }

  render() {
    const isFill = Boolean(this.screen?.fills) && !this.failure;
    return html`
      <a class="skip-link" href="#main" @click=${this.#skip}>Skip to content</a>
      ${session.isImpersonating ? this.#lookBanner() : nothing}
      ${this.hasAttribute("data-signed-out") ? nothing : html`<app-nav></app-nav>`}
      <main id="main" class="frame-main" data-layout=${isFill ? "fill" : "page"} tabindex="-1">
        ${this.failure ? this.#failed() : this.screen}
      </main>
      <app-toast></app-toast>
    `;
  }

  #lookBanner() {
    const end = () => session.endImpersonation().catch((error) => toast(error.message));
    const who = html`<bdi>${fullName(session.user)}</bdi>`;
    const line = banner(html`You are looking through ${who}’s account. Nothing can be changed.`, {
      kind: "warning",
      iconName: "eye",
      action: html`<button type="button" class="button button-small" @click=${end}>End</button>`,
    });
    return html`<section class="frame-banner" aria-label="Somebody’s account">${line}</section>`;
  }

  #failed() {
    // A module that failed to load fails for ever in the same page: browsers remember it.
    return errorState({
      title: "This page could not be loaded",
      error: this.failure,
      retry: () => location.reload(),
    });
  }

  /** Put up the screen of the route, unless it stands there. */
  async #show() {
    const { tag, load, isMessages } = screenOf(router.route, session.user);
    const wanted = isMessages ? tag : `${tag} ${router.route.params.id ?? ""}`;
    if (wanted === this.#shown) return;
    const isFirst = this.#shown === "";
    this.#shown = wanted;
    this.failure = await load().then(() => null, lost);
    if (wanted !== this.#shown) return;
    // Each begins at the top, or goes back to its place itself; the old one keeps its own.
    this.querySelector("main").scrollTop = 0;
    this.screen = document.createElement(tag);
    await this.updateComplete;
    await this.screen.updateComplete;
    if (isFirst) this.dispatchEvent(new Event("ready"));
    else await this.#arrive(this.screen);
  }

  /** Put the focus on the heading, unless the screen has put it elsewhere. */
  async #arrive(screen) {
    await screen.loaded; // whose heading is a name that is not there yet
    const isElsewhere = !screen.isConnected || screen.contains(document.activeElement);
    if (!isElsewhere) this.#focusHeading();
  }

  #focusHeading() {
    const headings = [...this.querySelectorAll("main h1")];
    const heading = headings.find((each) => each.checkVisibility()) ?? this.querySelector("main");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  #skip(event) {
    event.preventDefault();
    this.#focusHeading();
  }
}

function isThread({ name, query }) {
  return name.endsWith("conversation") || (name === "messages" && Number(query.trainee) > 0);
}

function lost(error) {
  console.error(error); // a module can also be broken, and nobody would know
  const isNetwork = !network.isOnline;
  const message = isNetwork
    ? "There is no network. Try again when there is one."
    : "The connection was lost, or there is a newer version.";
  return { isNetwork, message };
}

customElements.define("app-root", AppRoot);
