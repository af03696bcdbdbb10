import { html, nothing, repeat } from "lit";
import { t } from "../text/translate.js";
import { Element } from "./element.js";
import { icon } from "./icons.js";

const SHOWN_MS = 6000;
const AT_ONCE = 3;

/** Shows toasts; loaded after the first screen. */
class AppToast extends Element {
  static properties = { toasts: { state: true } };

  constructor() {
    super();
    this.toasts = [];
    this.shownBefore = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.setAttribute("role", "status");
    addEventListener("app-toast", this);
    addEventListener("app-update", this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("app-toast", this);
    removeEventListener("app-update", this);
  }

  handleEvent({ type, detail }) {
    if (type === "app-toast") return this.#add(detail);
    const action = { label: t("update.reload"), run: detail.accept };
    this.#add({ text: t("update.ready"), action });
  }

  render() {
    return repeat(this.toasts, (each) => each.key, (each) => this.#toast(each));
  }

  #toast(each) {
    const { text, action } = each;
    return html`<div class="toast">
      <p>${text}</p>
      ${action
        ? html`<button type="button" class="link-button" @click=${() => this.#run(each)}>
            ${action.label}
          </button>`
        : nothing}
      ${this.#closeButton(each)}
    </div>`;
  }

  #closeButton(each) {
    const close = () => this.#close(each);
    const label = t("toast.close");
    return html`<button type="button" class="icon-button" aria-label=${label} @click=${close}>
      ${icon("close", { small: true })}
    </button>`;
  }

  #add({ text, action, stays = Boolean(action), until }) {
    const added = { key: ++this.shownBefore, text, action, until };
    until?.addEventListener("abort", () => this.#close(added), { once: true });
    // Each toast that ends by itself is about something else, as two deletions are.
    const others = this.toasts.filter((each) => each.until || each.text !== text);
    this.toasts = [...others, added].slice(-AT_ONCE);
    if (!stays) setTimeout(() => this.#close(added), SHOWN_MS);
  }

  #run(each) {
    this.#close(each);
    each.action.run();
  }

  #close(closed) {
    this.toasts = this.toasts.filter((each) => each !== closed);
  }
}

customElements.define("app-toast", AppToast);
