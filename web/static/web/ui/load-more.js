import { html, nothing } from "lit";
import { StoreController } from "../core/store.js";
import { Element } from "./element.js";

/**
 * End a list that has more: the next page of `.pages` comes as somebody gets near.
 *
 * The button is for keyboards and for after an error, which stops the loading by itself.
 */
class LoadMore extends Element {
  static properties = { pages: { attribute: false }, isNear: { state: true } };
  #followed = new StoreController(this);
  #watch = new IntersectionObserver((seen) => this.#saw(seen), { rootMargin: "600px" });

  connectedCallback() {
    super.connectedCallback();
    this.#watch.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#watch.disconnect();
  }

  willUpdate() {
    this.#followed.store = this.pages;
  }

  updated() {
    if (this.isNear && !this.pages.error) this.pages.loadMore();
  }

  render() {
    const { hasMore, isLoadingMore, error } = this.pages;
    if (!hasMore) return nothing;
    return html`<div class="more">
      ${error ? html`<p class="field-error" role="alert">${error.message}</p>` : nothing}
      <button type="button" class="button" @click=${() => this.pages.loadMore()}>
        ${isLoadingMore ? "Loading…" : error ? "Try again" : "Show more"}
      </button>
    </div>`;
  }

  #saw(seen) {
    this.isNear = seen.at(-1).isIntersecting;
  }
}

customElements.define("load-more", LoadMore);
