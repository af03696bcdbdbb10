import { html, nothing } from "lit";
import { StoreController } from "../../../core/store.js";
import { notificationOffer } from "../../../live/offer/notification-offer.js";
import { parts, t } from "../../../text/translate.js";
import { Element } from "../../../ui/element.js";
import { drawing, icon } from "../../../ui/icons.js";
import { toast } from "../../../ui/toast.js";

// As iOS draws them.
const SHARE =
  "M12 15V3.5M8 7l4-3.5L16 7M8 10H6.5a1.5 1.5 0 0 0-1.5 1.5v8A1.5 1.5 0 0 0 6.5 21h11a1.5 1.5 0 0 0 1.5-1.5" +
  "v-8a1.5 1.5 0 0 0-1.5-1.5H16";
const ADD =
  "M6 3.5h12A2.5 2.5 0 0 1 20.5 6v12a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 18V6A2.5 2.5 0 0 1 6 3.5" +
  "M12 8v8M8 12h8";

/** Offers notifications after a message; on iOS, shows the way to the Home Screen. */
class NotificationOfferBar extends Element {
  static properties = { isBusy: { state: true } };

  constructor() {
    super();
    new StoreController(this, notificationOffer);
  }

  connectedCallback() {
    super.connectedCallback();
    this.setAttribute("role", "status"); // so that screen readers announce it
  }

  render() {
    const { shown } = notificationOffer;
    if (shown === null) return nothing;
    return html`<div class="offer">
      ${icon("bell")}
      ${{ ask: () => this.#question(), install: steps, blocked }[shown]()}
    </div>`;
  }

  #question() {
    return html`
      <div class="offer-text">
        <p><strong>${t("offer.title")}</strong></p>
        <p class="soft">${t("offer.text")}</p>
      </div>
      <div class="offer-actions">
        <button type="button" class="button" @click=${this.#decline}>${t("offer.later")}</button>
        <button
          type="button"
          class="button button-primary"
          aria-disabled=${this.isBusy ? "true" : nothing}
          @click=${this.#accept}
        >
          ${t("offer.accept")}
        </button>
      </div>
    `;
  }

  #accept = async () => {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      if (await notificationOffer.accept()) toast(notificationOffer.reason || t("offer.done"));
    } finally {
      this.isBusy = false;
    }
    this.#keepFocus();
  };

  #decline = () => {
    notificationOffer.decline();
    this.#keepFocus();
  };

  /** Focus the heading beside the offer, if the button that had the focus is gone. */
  async #keepFocus() {
    await this.updateComplete;
    const isLost = !document.activeElement || document.activeElement === document.body;
    if (isLost) this.parentElement?.querySelector("h1, h2")?.focus({ preventScroll: true });
  }
}

function steps() {
  const share = key(SHARE, t("offer.share"));
  const add = key(ADD, t("offer.add"));
  return html`
    <div class="offer-text">
      <p><strong>${t("offer.title")}</strong></p>
      <ol>
        <li>${parts("offer.stepShare", { share })}</li>
        <li>${parts("offer.stepAdd", { add })}</li>
      </ol>
      <p class="soft">${t("offer.stepOpen")}</p>
    </div>
    <div class="offer-actions">${closeButton(t("offer.later"))}</div>
  `;
}

function key(path, label) {
  return html`<strong class="offer-key">${drawing(path, { small: true })} ${label}</strong>`;
}

function blocked() {
  return html`
    <div class="offer-text"><p>${t("notifications.blocked")}</p></div>
    <div class="offer-actions">${closeButton(t("toast.close"))}</div>
  `;
}

function closeButton(label) {
  return html`<button type="button" class="button" @click=${() => notificationOffer.decline()}>
    ${label}
  </button>`;
}

customElements.define("notification-offer", NotificationOfferBar);

export { notificationOffer };
