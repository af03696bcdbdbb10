import { html, nothing } from "lit";
import { network } from "../core/network.js";
import { PUBLIC_ROUTES } from "../core/routes.js";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import { startLive } from "../live/live.js";
import { fullName } from "../text/names.js";
import { parts, t } from "../text/translate.js";
import "./app-nav.js";
import { Element } from "./element.js";
import { icon } from "./icons.js";
import { screenOf } from "./screens.js";
import { errorState } from "./states.js";
import { toast } from "./toast.js";

/** The frame: banner, navigation and screen. Fires "ready" when the first screen has rendered. */
class AppRoot extends Element {
  static properties = { screen: { state: true }, failure: { state: true } };
  #shown = "";

  constructor() {
    super();
    new StoreController(this, session);
    new StoreController(this, router);
    startLive();
  }

  willUpdate() {
    const hasNav = session.state === "signed-in" && !PUBLIC_ROUTES.has(router.route.name);
    this.toggleAttribute("data-signed-out", !hasNav);
    this.toggleAttribute("data-thread-open", isThread(router.route));
    this.toggleAttribute("data-only-thread", session.user?.role === "TRAINEE");
  }

  updated() {
    if (session.state !== "starting") this.#show();
    else if (session.startError && !this.failure) this.#showFailure(session.startError);
  }

  render() {
    const isFill = Boolean(this.screen?.fills) && !this.failure;
    return html`
      <a class="skip-link" href="#main" @click=${this.#skip}>${t("app.skip")}</a>
      ${session.isImpersonating && session.user ? this.#impersonationBanner() : nothing}
      ${this.hasAttribute("data-signed-out") ? nothing : html`<app-nav></app-nav>`}
      <main id="main" class="frame-main" data-layout=${isFill ? "fill" : "page"} tabindex="-1">
        ${this.failure ? this.#failed() : this.screen}
      </main>
      <app-toast></app-toast>
    `;
  }

  /** Show why the session cannot start. It tries again until it can. */
  async #showFailure(error) {
    this.failure = error;
    await this.updateComplete;
    this.dispatchEvent(new Event("ready"));
  }

  #impersonationBanner() {
    const end = () => session.endImpersonation().catch((error) => toast(error.message));
    const name = html`<bdi>${fullName(session.user)}</bdi>`;
    return html`<section class="frame-banner" aria-label=${t("impersonation.label")}>
      <div class="banner banner-warning">
        ${icon("eye", { small: true })}
        <p>${parts("impersonation.banner", { name })}</p>
        <button type="button" class="button button-small" @click=${end}>
          ${t("impersonation.end")}
        </button>
      </div>
    </section>`;
  }

  #failed() {
    // Browsers never retry a module that failed to load, so the page has to reload.
    return errorState({
      title: t("app.failed"),
      error: this.failure,
      retry: () => location.reload(),
    });
  }

  /** Show the screen of the route, unless it is shown already. */
  async #show() {
    const { tag, load, isMessages } = screenOf(router.route, session.user);
    const wanted = isMessages ? tag : `${tag} ${router.route.params.id ?? ""}`;
    if (wanted === this.#shown) return;
    const isFirst = this.#shown === "";
    this.#shown = wanted;
    this.failure = await load().then(() => null, loadFailure);
    if (wanted !== this.#shown) return;
    // A new screen starts at the top, or restores its own scroll position.
    this.querySelector("main").scrollTop = 0;
    this.screen = document.createElement(tag);
    await this.updateComplete;
    await this.screen.updateComplete;
    if (isFirst) this.dispatchEvent(new Event("ready"));
    else await this.#focusScreen(this.screen);
  }

  /** Focus the heading, unless the screen has focused something else. */
  async #focusScreen(screen) {
    await screen.loaded; // its heading can be a name that is still loading
    const isElsewhere = !screen.isConnected || screen.contains(document.activeElement);
    if (!isElsewhere) this.#focusHeading();
  }

  #focusHeading() {
    const headings = [...this.querySelectorAll("main h1")];
    // Safari before 17.4 has no checkVisibility().
    const isVisible = (each) => each.getClientRects().length > 0;
    const heading = headings.find(isVisible) ?? this.querySelector("main");
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

function loadFailure(error) {
  console.error(error); // it can also be a bug in the module
  const isNetwork = !network.isOnline;
  const message = isNetwork ? t("app.offline") : t("app.outdated");
  return { isNetwork, message };
}

customElements.define("app-root", AppRoot);
