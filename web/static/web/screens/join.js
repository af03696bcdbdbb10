import { html, nothing } from "lit";
import { previewInvitation } from "../core/endpoints.js";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { setTitle } from "../live/badge.js";
import { fullName } from "../text/names.js";
import "../text/later.js";
import { parts, t } from "../text/translate.js";
import { AutoRetry } from "../ui/auto-retry.js";
import "../ui/avatar.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import { errorState, skeletonRows } from "../ui/states.js";
import { authPage, linkParameters } from "./auth-page.js";
import { deadLink } from "./join-dead-link.js";
import { noticeBlockedStorage } from "./sign-in-notice.js";

/** Show who invites, accept the invitation, and sign in. */
class JoinScreen extends Element {
  static properties = { invitation: { state: true }, error: { state: true } };
  #code = linkParameters().code;
  #form = new Form(this, (values) => this.#join(values));

  constructor() {
    super();
    new AutoRetry(this, { errorOf: () => this.error, retry: () => this.#load() });
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("join.title"));
    if (this.#code) this.#load();
  }

  async #load() {
    try {
      this.invitation = await previewInvitation(this.#code);
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  render() {
    if (!this.#code) return incomplete();
    if (this.error) return this.#failed();
    return this.invitation ? this.#invited(this.invitation) : loading();
  }

  #failed() {
    const { error } = this;
    if (error.status === 400) return deadLink(error.code);
    const retry = () => this.#load();
    return html`<div class="page">${errorState({ error, title: t("join.failed"), retry })}</div>`;
  }

  #invited({ trainer, email, message }) {
    const name = html`<bdi>${fullName(trainer)}</bdi>`;
    const business = html`<bdi>${trainer.business_name}</bdi>`;
    return authPage({
      picture: html`<user-avatar size="large" .person=${trainer}></user-avatar>`,
      title: parts("join.invited", { name }),
      text: trainer.business_name ? parts("join.business", { business }) : "",
      body: this.#body(email, message),
      links: signInLink(),
    });
  }

  #body(email, message) {
    return html`${message
        ? html`<blockquote class="join-message" dir="auto">${message}</blockquote>`
        : nothing}
      <p>${t("join.text")}</p>
      <form class="form" novalidate @submit=${this.#form.submit}>
        <div class="field-pair">
          ${this.#nameField(t("field.firstName"), "first_name", "given-name")}
          ${this.#nameField(t("field.lastName"), "last_name", "family-name")}
        </div>
        ${username(email)}
        <text-field
          label=${t("field.password")}
          name="password"
          type="password"
          autocomplete="new-password"
          hint=${t("join.passwordHint")}
          required
          maxlength="128"
          error=${this.#form.errorOf("password")}
        ></text-field>
        <p class="soft join-address">${parts("join.as", { email: html`<bdi>${email}</bdi>` })}</p>
        ${formStatus(this.#form)}
        ${submitButton(this.#form, t("join.submit"), "button button-primary button-wide")}
      </form>`;
  }

  #nameField(label, name, autocomplete) {
    return html`<text-field
      label=${label}
      name=${name}
      autocomplete=${autocomplete}
      required
      maxlength="150"
      error=${this.#form.errorOf(name)}
    ></text-field>`;
  }

  async #join(values) {
    const conversationId = await session
      .join({ ...values, code: this.#code })
      .catch((error) => this.#refused(error));
    noticeBlockedStorage();
    router.navigate(conversationId ? `/messages/${conversationId}` : "/messages", { replace: true });
  }

  /** Show what has become of the invitation since the page was opened. */
  async #refused(error) {
    if (error.code === "invalid_invitation") await this.#load();
    throw error;
  }
}

/** Tell password managers the address, which is the user name of the account. */
function username(email) {
  return html`<input
    class="visually-hidden"
    type="email"
    autocomplete="username"
    tabindex="-1"
    aria-hidden="true"
    readonly
    .value=${email}
  />`;
}

function incomplete() {
  return authPage({
    title: t("join.title"),
    text: t("link.incomplete"),
    body: html`<p>${t("join.incomplete")}</p>`,
    links: signInLink(),
  });
}

function loading() {
  return authPage({ title: t("join.title"), text: "", body: skeletonRows(3), links: nothing });
}

function signInLink() {
  return html`<a href="/sign-in">${t("join.haveAccount")}</a>`;
}

customElements.define("join-screen", JoinScreen);
