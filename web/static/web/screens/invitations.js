import { html, repeat } from "lit";
import {
  createInvitation,
  deleteInvitation,
  listInvitations,
  resendInvitation,
} from "../core/endpoints.js";
import { StoreController } from "../core/store.js";
import { clock } from "../live/page.js";
import "../text/later.js";
import { t } from "../text/translate.js";
import { confirm } from "../ui/dialog.js";
import { AutoRetry } from "../ui/auto-retry.js";
import { Element } from "../ui/element.js";
import "../ui/field.js";
import { Form, formStatus, submitButton } from "../ui/form.js";
import "../ui/load-more.js";
import { PaginatedList } from "../ui/paginated-list.js";
import { emptyState, errorState, skeletonRows } from "../ui/states.js";
import { setTitle } from "../live/badge.js";
import { toast } from "../ui/toast.js";
import { copyLink, showLink } from "./invitation-link.js";
import { invitationRow } from "./invitation-row.js";
import { Newcomers, amongInvitations } from "./newcomers.js";

// By then, a mail server has usually accepted or refused the email.
const MAILED_AFTER_MS = 4000;

/** Invite people by email, and list the invitations. */
class InvitationsScreen extends Element {
  #pages = new PaginatedList(listInvitations);
  #form = new Form(this, (values, form) => this.#invite(values, form));

  constructor() {
    super();
    new StoreController(this, this.#pages);
    new StoreController(this, clock);
    new Newcomers(this, amongInvitations(this.#pages));
    new AutoRetry(this, { errorOf: () => this.#pages.error, retry: () => this.#pages.retry() });
  }

  connectedCallback() {
    super.connectedCallback();
    setTitle(t("nav.invitations"));
    this.#pages.load();
  }

  render() {
    return html`<div class="page">
      <header class="page-header"><h1>${t("nav.invitations")}</h1></header>
      ${this.#inviteCard()}
      <h2 class="section-heading">${t("invitations.sent")}</h2>
      ${this.#body()}
    </div>`;
  }

  #inviteCard() {
    return html`<form class="card card-padded" novalidate @submit=${this.#form.submit}>
      <text-field
        label=${t("field.email")}
        name="email"
        type="email"
        autocomplete="off"
        required
        error=${this.#form.errorOf("email")}
      ></text-field>
      <text-field
        label=${t("invitations.message")}
        name="message"
        rows="3"
        maxlength="1000"
        hint=${t("invitations.messageHint")}
        error=${this.#form.errorOf("message")}
      ></text-field>
      ${formStatus(this.#form)}
      <div class="form-actions">${submitButton(this.#form, t("invitations.send"))}</div>
    </form>`;
  }

  #body() {
    const { status, items, error } = this.#pages;
    if (status === "loading") return html`<div class="card">${skeletonRows(3)}</div>`;
    if (status === "error") return errorState({ error, retry: () => this.#pages.load() });
    if (items.length === 0) return nobodyInvited();
    const actions = { onResend: this.#resend, onRevoke: this.#revoke, onCopy: copyLink, onShow: showLink };
    return html`
      <ul class="card card-list" role="list">
        ${repeat(items, (each) => each.id, (each) => invitationRow(each, actions))}
      </ul>
      <load-more .pages=${this.#pages}></load-more>
    `;
  }

  async #invite(values, form) {
    this.#pages.put(await createInvitation(values));
    form.reset();
    this.#reloadSoon();
    toast(t("invitations.sentTo", { email: values.email }));
  }

  #resend = async (invitation) => {
    try {
      this.#pages.put(await resendInvitation(invitation.id));
      this.#reloadSoon();
      toast(t("invitations.resent", { email: invitation.email }));
    } catch (error) {
      toast(error.message);
    }
  };

  /** Show, if the screen is still open, whether the email was sent. */
  #reloadSoon() {
    setTimeout(() => this.isConnected && this.#pages.refresh(), MAILED_AFTER_MS);
  }

  #revoke = async (invitation) => {
    const wasRevoked = await confirm({
      title: t("invitations.revoke"),
      text: t("invitations.revokeHint", { email: invitation.email }),
      label: t("invitation.revoke"),
      isDangerous: true,
      act: () => deleteInvitation(invitation.id),
    });
    if (wasRevoked) this.#pages.remove(invitation.id);
  };
}

function nobodyInvited() {
  return emptyState({
    iconName: "invitations",
    title: t("invitations.empty"),
    text: t("invitations.emptyHint"),
  });
}

customElements.define("invitations-screen", InvitationsScreen);
