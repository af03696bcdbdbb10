import { html, nothing } from "lit";
import { getTrainee, removeTrainee } from "../core/endpoints.js";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { canStoreInTab } from "../core/web-storage.js";
import { clock } from "../live/page.js";
import { inbox } from "../live/inbox.js";
import { fullName, nameInSentence } from "../text/names.js";
import { formatDate, timeLocale } from "../text/time.js";
import "../text/later.js";
import { parts, t } from "../text/translate.js";
import "../ui/avatar.js";
import { confirm } from "../ui/dialog.js";
import { AutoRetry } from "../ui/auto-retry.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { errorState, skeletonRows } from "../ui/states.js";
import { setTitle } from "../live/badge.js";
import { toast } from "../ui/toast.js";
import { messagePath } from "./message-path.js";
import { clearTraineeSearch } from "./trainee-search.js";

/** A trainee's page, with the actions: message, view as trainee, remove. */
class TraineeScreen extends Element {
  static properties = { trainee: { state: true }, error: { state: true } };
  #id = router.route.params.id;

  constructor() {
    super();
    new AutoRetry(this, { errorOf: () => this.error, retry: () => this.#load() });
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("trainee.title"));
    this.loaded = this.#load().then(() => this.updateComplete);
  }

  render() {
    return html`<div class="page">
      <a class="back-link" href="/trainees" @click=${this.#back}>
        ${icon("back")} ${t("nav.trainees")}
      </a>
      ${this.trainee ? this.#body() : this.error ? this.#failed() : skeletonRows(3)}
    </div>`;
  }

  #failed() {
    if (this.error.status !== 404) {
      return errorState({ error: this.error, retry: () => this.#reload() });
    }
    return errorState({ title: t("trainee.goneTitle"), error: { message: t("trainee.gone") } });
  }

  #body() {
    const { trainee } = this;
    return html`
      <section class="card card-padded">
        <div class="person">
          <user-avatar size="large" .person=${this.#pictured}></user-avatar>
          <div class="person-text">
            <h1 dir="auto">${fullName(trainee)}</h1>
            ${trainee.is_active ? nothing : html`<span class="tag">${t("trainee.inactive")}</span>`}
          </div>
          ${this.#messageLink()}
        </div>
        <dl class="facts">
          ${fact(t("trainee.email"), html`<a href="mailto:${trainee.email}">${trainee.email}</a>`)}
          ${trainee.phone_number ? fact(t("trainee.phone"), trainee.phone_number) : nothing}
          ${fact(t("trainee.joined"), dateOf(trainee.created_at))}
        </dl>
      </section>
      ${this.#viewCard()} ${this.#removeCard()}
    `;
  }

  #messageLink() {
    const path = messagePath(this.trainee);
    const label = t("trainee.messageTo", { name: nameInSentence(this.trainee) });
    return html`<a class="button button-primary" href=${path} aria-label=${label}>
      ${icon("messages", { small: true })} ${t("trainee.message")}
    </a>`;
  }

  #viewCard() {
    return html`<section class="card card-padded card-action">
      <div>
        <h2>${t("trainee.view")}</h2>
        <p class="soft">${t("trainee.viewHint")}</p>
      </div>
      <button type="button" class="button" @click=${this.#impersonate}>
        ${icon("eye", { small: true })} ${t("trainee.view")}
      </button>
    </section>`;
  }

  #removeCard() {
    return html`<section class="card card-padded card-action">
      <div>
        <h2>${t("trainee.stop")}</h2>
        <p class="soft">${t("trainee.stopHint")}</p>
      </div>
      <button type="button" class="button button-danger" @click=${this.#remove}>
        ${icon("trash", { small: true })} ${t("trainee.remove")}
      </button>
    </section>`;
  }

  /** The conversations API returns the picture; the trainees API does not. */
  get #pictured() {
    return inbox.findByTrainee(this.#id)?.trainee ?? this.trainee;
  }

  #reload() {
    this.error = null;
    return this.#load();
  }

  async #load() {
    try {
      this.trainee = await getTrainee(this.#id);
      this.error = null;
      setTitle(nameInSentence(this.trainee));
    } catch (error) {
      this.error = error;
    }
  }

  #back(event) {
    event.preventDefault();
    router.back("/trainees");
  }

  #impersonate = () => {
    // The page reloads, and knows by its storage who is viewed.
    if (!canStoreInTab()) return toast(t("trainee.viewBlocked"));
    return session.impersonate(this.#id).catch((error) => toast(error.message));
  };

  #remove = async () => {
    const name = fullName(this.trainee);
    const wasRemoved = await confirm({
      title: parts("trainee.removeConfirm", { name: html`<bdi>${name}</bdi>` }),
      text: t("trainee.removeHint"),
      label: t("trainee.remove"),
      isDangerous: true,
      typed: [name, this.trainee.email],
      act: () => removeTrainee(this.#id),
    });
    if (!wasRemoved) return;
    clearTraineeSearch();
    toast(parts("trainee.removed", { name: html`<bdi>${name}</bdi>` }));
    router.navigate("/trainees", { replace: true });
  };
}

function fact(name, value) {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function dateOf(moment) {
  const text = formatDate(new Date(moment), clock.now);
  return html`<time dir="auto" lang=${timeLocale} datetime=${moment}>${text}</time>`;
}

customElements.define("trainee-screen", TraineeScreen);
