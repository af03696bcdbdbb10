import { html, nothing } from "lit";
import { getTrainee, removeTrainee } from "../core/endpoints.js";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { inbox } from "../live/inbox.js";
import { fullName } from "../text/names.js";
import { formatDate } from "../text/time.js";
import "../ui/avatar.js";
import { confirm } from "../ui/dialog.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { errorState, skeletonRows } from "../ui/states.js";
import { setTitle } from "../ui/title.js";
import { toast } from "../ui/toast.js";
import { messagePath } from "./message-path.js";
import { clearTraineeSearch } from "./trainee-search.js";

/** Show one trainee of a trainer, and what can be done: write, look through their eyes, remove. */
class TraineeScreen extends Element {
  static properties = { trainee: { state: true }, error: { state: true } };
  #id = router.route.params.id;

  connectedCallback() {
    super.connectedCallback();
    setTitle("Trainee");
    this.loaded = this.#load().then(() => this.updateComplete);
  }

  render() {
    return html`<div class="page">
      <a class="back-link" href="/trainees" @click=${this.#back}>${icon("back")} Trainees</a>
      ${this.trainee ? this.#body() : this.error ? this.#failed() : skeletonRows(3)}
    </div>`;
  }

  #failed() {
    if (this.error.status !== 404) {
      return errorState({ error: this.error, retry: () => this.#load() });
    }
    const message = "There is no such trainee, or you do not work together any more.";
    return errorState({ title: "Not one of your trainees", error: { message } });
  }

  #body() {
    const { trainee } = this;
    return html`
      <section class="card card-padded">
        <div class="person">
          <user-avatar size="large" .person=${this.#pictured}></user-avatar>
          <div class="person-text">
            <h1 dir="auto">${fullName(trainee)}</h1>
            ${trainee.is_active ? nothing : html`<span class="tag">Inactive</span>`}
          </div>
          ${this.#messageLink()}
        </div>
        <dl class="facts">
          ${fact("Email", html`<a href="mailto:${trainee.email}">${trainee.email}</a>`)}
          ${trainee.phone_number ? fact("Phone", trainee.phone_number) : nothing}
          ${fact("Joined", formatDate(new Date(trainee.created_at)))}
        </dl>
      </section>
      ${this.#lookCard()} ${this.#removeCard()}
    `;
  }

  #messageLink() {
    const path = messagePath(this.trainee);
    const label = `Message ${fullName(this.trainee)}`;
    return html`<a class="button button-primary" href=${path} aria-label=${label}>
      ${icon("messages", { small: true })} Message
    </a>`;
  }

  #lookCard() {
    return html`<section class="card card-padded card-action">
      <div>
        <h2>View as trainee</h2>
        <p class="soft">See what they see, without changing anything. It is recorded.</p>
      </div>
      <button type="button" class="button" @click=${this.#look}>
        ${icon("eye", { small: true })} View as trainee
      </button>
    </section>`;
  }

  #removeCard() {
    return html`<section class="card card-padded card-action">
      <div>
        <h2>Stop working together</h2>
        <p class="soft">
          The conversation ends for both of you. You can still read it in the archive.
        </p>
      </div>
      <button type="button" class="button button-danger" @click=${this.#remove}>
        ${icon("trash", { small: true })} Remove trainee
      </button>
    </section>`;
  }

  /** The API of trainees has no pictures; that of conversations does. */
  get #pictured() {
    return inbox.findByTrainee(this.#id)?.trainee ?? this.trainee;
  }

  async #load() {
    this.error = null;
    try {
      this.trainee = await getTrainee(this.#id);
      setTitle(fullName(this.trainee));
    } catch (error) {
      this.error = error;
    }
  }

  #back(event) {
    event.preventDefault();
    router.back("/trainees");
  }

  #look = () => session.impersonate(this.#id).catch((error) => toast(error.message));

  #remove = async () => {
    const name = fullName(this.trainee);
    const wasRemoved = await confirm({
      title: html`Remove <bdi>${name}</bdi>?`,
      text: "The conversation ends for both of you, and they lose access to it at once.",
      label: "Remove trainee",
      isDangerous: true,
      typed: [name, this.trainee.email],
      act: () => removeTrainee(this.#id),
    });
    if (!wasRemoved) return;
    clearTraineeSearch();
    toast(html`<bdi>${name}</bdi> is not your trainee any more.`);
    router.navigate("/trainees", { replace: true });
  };
}

function fact(name, value) {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

customElements.define("trainee-screen", TraineeScreen);
