import { html, nothing } from "lit";
import { account } from "../../../live/account.js";
import { t } from "../../../text/translate.js";
import { stepOf } from "../../../ui/arrows.js";
import { Element } from "../../../ui/element.js";
import { icon } from "../../../ui/icons.js";
import { describeParts } from "../parts/describe.js";
import { ACTIONS, toggleReaction } from "./actions.js";
import { choicesFor, hasReacted, QUICK, reactionLimit } from "./choices.js";
import { place } from "./place.js";

const ENTRIES = [
  { name: "undo", iconName: "retry", label: () => t("action.undo") },
  { name: "reply", iconName: "reply", label: () => t("action.reply") },
  { name: "copy", iconName: "copy", label: () => t("action.copy") },
  { name: "edit", iconName: "compose", label: () => t("action.edit") },
  { name: "info", iconName: "info", label: () => t("action.info") },
  { name: "delete", iconName: "trash", label: () => t("action.delete") },
];
const STEPS = { ArrowDown: 1, ArrowUp: -1 };
// A finger that opened the menu by a long press is lifted over it.
const GRACE_MS = 400;

/**
 * Open the menu of a message as `messageAt` returns it, at a point of the screen or beside its row; do nothing
 * if there is nothing to choose, as while a deletion waits for the network.
 */
export function openMenu(target, point = null) {
  if (!choicesFor(target.item, Boolean(target.composer)).size) return;
  const menu = document.createElement("message-menu");
  Object.assign(menu, { target, point });
  document.body.append(menu);
}

/** The menu of a message: reactions and actions, one of which has the focus. */
class MessageMenu extends Element {
  #openedAt = performance.now();
  #listening = new AbortController();

  connectedCallback() {
    super.connectedCallback();
    const { signal } = this.#listening;
    const { thread, message } = this.target;
    const isThere = () => thread.messages.some((each) => each.id === message.id && !each.is_deleted);
    thread.addEventListener("change", () => isThere() || message.is_deleted || this.#close(), { signal });
    addEventListener("resize", () => this.#close(), { signal });
    addEventListener("popstate", () => this.#close(), { signal });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#listening.abort();
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  get #items() {
    return [...this.querySelectorAll("[role^=menuitem]")];
  }

  firstUpdated() {
    this.#dialog.showModal();
    place(this.#dialog, this.target.row.querySelector(".bubble"), this.point);
    this.#items[0]?.focus();
  }

  render() {
    const choices = choicesFor(this.target.item, Boolean(this.target.composer));
    const entries = ENTRIES.filter(({ name }) => choices.has(name));
    return html`<dialog
      class="message-menu"
      aria-label=${t("message.actions")}
      @close=${() => this.remove()}
      @click=${this.#clicked}
      @keydown=${this.#key}
    >
      <p class="menu-excerpt" dir="auto">${describeParts(this.target.item)}</p>
      <div role="menu" aria-label=${t("message.actions")}>
        ${choices.has("react") ? this.#renderReactions() : nothing}
        ${entries.map((entry) => this.#renderEntry(entry))}
      </div>
    </dialog>`;
  }

  #renderReactions() {
    const { item } = this.target;
    const offered = reactionLimit(item) ?? QUICK;
    return html`<div class="menu-reactions" role="group" aria-label=${t("action.react")}>
      ${offered.map((emoji) => this.#renderReaction(emoji))}
      ${reactionLimit(item) ? nothing : this.#renderMore()}
    </div>`;
  }

  #renderReaction(emoji) {
    const isOn = hasReacted(this.target.item, emoji, account.userId);
    return html`<button
      type="button"
      role="menuitemcheckbox"
      class="menu-reaction"
      tabindex="-1"
      aria-checked=${isOn ? "true" : "false"}
      @click=${() => this.#run(() => toggleReaction(this.target, emoji))}
    >
      ${emoji}
    </button>`;
  }

  #renderMore() {
    const open = () => import("./emoji-picker.js").then(({ pickEmoji }) => pickEmoji(this.target));
    return html`<button
      type="button"
      role="menuitem"
      class="menu-reaction"
      tabindex="-1"
      aria-label=${t("action.moreEmoji")}
      aria-haspopup="dialog"
      title=${t("action.moreEmoji")}
      @click=${() => this.#run(open)}
    >
      ${icon("plus", { small: true })}
    </button>`;
  }

  #renderEntry({ name, iconName, label }) {
    return html`<button
      type="button"
      role="menuitem"
      class="menu-entry ${name}"
      tabindex="-1"
      @click=${() => this.#run(() => ACTIONS[name](this.target))}
    >
      ${icon(iconName, { small: true })} <span>${label()}</span>
    </button>`;
  }

  /** Close first, so that the action can move the focus. */
  #run(act) {
    this.#close();
    act();
  }

  #close() {
    this.#dialog?.close();
  }

  #clicked({ target }) {
    if (target === this.#dialog && performance.now() - this.#openedAt > GRACE_MS) this.#close();
  }

  #key(event) {
    const items = this.#items;
    const at = items.indexOf(document.activeElement);
    const next = this.#nextOf(event.key, items, at);
    if (event.key === "Tab") this.#close();
    if (next === undefined) return;
    event.preventDefault();
    items[(next + items.length) % items.length].focus();
  }

  #nextOf(key, items, at) {
    const step = STEPS[key] ?? stepOf(key);
    if (step) return at + step;
    if (key === "Home") return 0;
    if (key === "End") return items.length - 1;
    // The next entry that begins with a letter.
    const startsWith = (item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase());
    const found = [...items.slice(at + 1), ...items.slice(0, at + 1)].find(startsWith);
    return key.length === 1 && key !== " " && found ? items.indexOf(found) : undefined;
  }
}

customElements.define("message-menu", MessageMenu);
