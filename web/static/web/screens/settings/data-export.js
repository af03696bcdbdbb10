import { html, nothing } from "lit";
import { listExports, requestExport } from "../../core/account-endpoints.js";
import { clock } from "../../live/page.js";
import { formatDate, timeLocale } from "../../text/time.js";
import { locale, parts, t } from "../../text/translate.js";
import { AutoRetry } from "../../ui/auto-retry.js";
import { Element } from "../../ui/element.js";
import { icon } from "../../ui/icons.js";

const POLL_MS = 4_000;
const MEGABYTE = 1_000_000;

/** Have a copy of the user's data prepared, and download it. */
class DataExport extends Element {
  static properties = {
    latest: { state: true },
    loadError: { state: true },
    error: { state: true },
    isBusy: { state: true },
  };

  #timer = 0;

  constructor() {
    super();
    new AutoRetry(this, { errorOf: () => this.loadError, retry: () => this.#load() });
  }

  connectedCallback() {
    super.connectedCallback();
    this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  render() {
    const isPending = this.latest && !this.latest.is_ready;
    const message = this.error || this.loadError?.message;
    return html`<div class="form">
      <div class="form-status" role="status">
        ${this.latest ? html`<p>${this.#status()}</p>` : nothing}
      </div>
      <div class="form-status" role="alert">
        ${message ? html`<p class="form-error">${message}</p>` : nothing}
      </div>
      ${isPending ? nothing : html`<div class="form-actions">${this.#actions()}</div>`}
    </div>`;
  }

  #status() {
    if (!this.latest.is_ready) return t("data.preparing");
    const { created_at: date, expires_at: until } = this.latest;
    return parts("data.ready", { date: dateOf(date), until: dateOf(until) });
  }

  #actions() {
    if (!this.latest) return this.#prepareButton(t("data.prepare"), "button");
    return html`
      ${downloadLink(this.latest)}
      ${this.#prepareButton(t("data.prepareAgain"), "button button-quiet")}
    `;
  }

  #prepareButton(label, classes) {
    return html`<button
      type="button"
      class=${classes}
      aria-disabled=${this.isBusy ? "true" : nothing}
      @click=${this.#prepare}
    >
      ${label}
    </button>`;
  }

  async #prepare() {
    if (this.isBusy) return;
    this.isBusy = true;
    this.error = "";
    try {
      this.#show(await requestExport());
      this.loadError = null;
    } catch (error) {
      if (error.status === undefined) throw error; // a bug, not an ApiError
      this.error = error.status === 429 ? t("data.tooMany") : error.message;
    } finally {
      this.isBusy = false;
    }
  }

  async #load() {
    try {
      const [latest] = await listExports();
      this.loadError = null;
      this.#show(latest ?? null);
    } catch (error) {
      if (error.status === undefined) throw error;
      this.loadError = error;
    }
  }

  /** Show a copy, and look again soon while it is being prepared. */
  #show(latest) {
    this.latest = latest;
    clearTimeout(this.#timer);
    if (latest && !latest.is_ready && this.isConnected) {
      this.#timer = setTimeout(() => this.#load(), POLL_MS);
    }
  }
}

function downloadLink({ download_url: url, size }) {
  // The host is ignored, because behind a proxy it can be internal.
  const path = new URL(url).pathname;
  return html`<a class="button" href=${path} download>
    ${icon("arrow-down", { small: true })} ${t("data.download", { size: formatSize(size) })}
  </a>`;
}

function formatSize(bytes) {
  const isLarge = bytes >= MEGABYTE;
  const unit = isLarge ? "megabyte" : "kilobyte";
  const count = Math.max(bytes / (isLarge ? MEGABYTE : 1000), 1);
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(count);
}

function dateOf(moment) {
  const text = formatDate(new Date(moment), clock.now);
  return html`<time dir="auto" lang=${timeLocale} datetime=${moment}>${text}</time>`;
}

customElements.define("data-export", DataExport);
