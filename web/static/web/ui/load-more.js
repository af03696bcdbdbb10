import { html, nothing } from "lit";
import { StoreController } from "../core/store.js";
import { t } from "../text/translate.js";
import { Element } from "./element.js";

/**
 * The end of a paginated list: loads the next page of `.pages` when it comes near the screen.
 *
 * The button is for keyboard users, and for retrying after an error, which stops automatic loading.
 */
class LoadMore extends Element {
  static properties = { pages: { attribute: false }, isNear: { state: true } };
  #followed = new StoreController(this);
  #observer = new IntersectionObserver((all) => this.#observed(all), { rootMargin: "600px" });

  connectedCallback() {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#observer.disconnect();
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
        ${isLoadingMore ? t("list.loading") : error ? t("action.retry") : t("list.more")}
      </button>
    </div>`;
  }

  #observed(entries) {
    this.isNear = entries.at(-1).isIntersecting;
  }
}

customElements.define("load-more", LoadMore);
