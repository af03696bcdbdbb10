import { html, nothing } from "lit";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { StoreController } from "../core/store.js";
import { formatBadge } from "../live/badge.js";
import { inbox } from "../live/inbox.js";
import { t } from "../text/translate.js";
import { Element } from "./element.js";
import { icon } from "./icons.js";
import { toast } from "./toast.js";

const MESSAGES = ["messages", "conversation", "archive", "archived-conversation"];

/** The main navigation, with the unread count. */
class AppNav extends Element {
  constructor() {
    super();
    new StoreController(this, session);
    new StoreController(this, router);
    new StoreController(this, inbox);
  }

  render() {
    const { user } = session;
    return html`<nav class="nav" aria-label=${t("nav.label")}>
      <div class="nav-brand">${icon("brand")}</div>
      <ul class="nav-list">
        ${this.#link("/messages", t("nav.messages"), "messages", MESSAGES)}
        ${user?.role === "TRAINER" ? this.#trainerLinks() : nothing}
        ${this.#link("/settings", t("nav.settings"), "settings", ["settings"])}
        ${user?.role === "ADMIN" ? this.#link("/admin/", t("nav.admin"), "admin", []) : nothing}
        <li class="nav-sign-out">
          <button type="button" class="nav-link" @click=${signOut}>
            <span class="nav-icon">${icon("sign-out")}</span>${t("nav.signOut")}
          </button>
        </li>
      </ul>
    </nav>`;
  }

  #trainerLinks() {
    return html`
      ${this.#link("/trainees", t("nav.trainees"), "trainees", ["trainees", "trainee"])}
      ${this.#link("/invitations", t("nav.invitations"), "invitations", ["invitations"])}
    `;
  }

  #link(path, label, iconName, routes) {
    const isCurrent = routes.includes(router.route.name);
    return html`<li>
      <a class="nav-link" href=${path} aria-current=${isCurrent ? "page" : nothing}>
        <span class="nav-icon">${icon(iconName)}</span>${label}
        ${iconName === "messages" ? this.#badge() : nothing}
      </a>
    </li>`;
  }

  #badge() {
    const count = formatBadge(inbox.unreadCount);
    if (!count) return nothing;
    return html`<span class="badge">
      <span aria-hidden="true">${count}</span>
      <span class="visually-hidden">${t("badge.unread", { count })}</span>
    </span>`;
  }
}

/** Sign out with a module that is not part of the first load. */
async function signOut() {
  const module = await import("./sign-out.js").catch(() => null);
  return module ? module.signOut() : toast(t("app.outdated"));
}

customElements.define("app-nav", AppNav);
