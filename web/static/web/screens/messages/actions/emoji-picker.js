import { html } from "lit";
import { t } from "../../../text/translate.js";
import { stepOf } from "../../../ui/arrows.js";
import { Element } from "../../../ui/element.js";
import { icon } from "../../../ui/icons.js";
import { toggleReaction } from "./actions.js";
import { GROUPS } from "./emoji-list.js";

const LABELS = {
  faces: () => t("emoji.faces"),
  hands: () => t("emoji.hands"),
  hearts: () => t("emoji.hearts"),
  sport: () => t("emoji.sport"),
  food: () => t("emoji.food"),
  nature: () => t("emoji.nature"),
  things: () => t("emoji.things"),
};

/** Let the user pick the emoji of a reaction to a message as `messageAt` returns it. */
export function pickEmoji(target) {
  const picker = document.createElement("emoji-picker");
  picker.target = target;
  document.body.append(picker);
}

/** A dialog with common emoji by group; arrows move through them. */
class EmojiPicker extends Element {
  get #dialog() {
    return this.querySelector("dialog");
  }

  firstUpdated() {
    this.#dialog.showModal();
    const [first] = this.querySelectorAll(".emoji");
    first.tabIndex = 0;
    first.focus();
  }

  render() {
    return html`<dialog
      class="dialog emoji-picker"
      aria-labelledby="emoji-picker-title"
      @close=${() => this.remove()}
      @click=${({ target }) => target === this.#dialog && this.#dialog.close()}
      @keydown=${this.#key}
    >
      <div class="emoji-head">
        <h2 id="emoji-picker-title">${t("action.react")}</h2>
        ${this.#closeButton()}
      </div>
      <div class="emoji-groups">
        ${Object.entries(GROUPS).map(([name, list]) => this.#group(LABELS[name](), list))}
      </div>
    </dialog>`;
  }

  #closeButton() {
    const label = t("info.close");
    const close = () => this.#dialog.close();
    return html`<button type="button" class="icon-button" aria-label=${label} title=${label} @click=${close}>
      ${icon("close")}
    </button>`;
  }

  #group(label, list) {
    return html`<section aria-label=${label}>
      <h3>${label}</h3>
      <div class="emoji-list">${list.split(" ").map((emoji) => this.#button(emoji))}</div>
    </section>`;
  }

  #button(emoji) {
    const pick = () => {
      this.#dialog.close();
      toggleReaction(this.target, emoji);
    };
    return html`<button type="button" class="emoji" tabindex="-1" @click=${pick}>${emoji}</button>`;
  }

  #key(event) {
    const all = [...this.querySelectorAll(".emoji")];
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? null : nextOf(event.key, all, at);
    if (!next) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

/** Return the button that an arrow leads to; up and down lead to the nearest one of the next line. */
function nextOf(key, all, at) {
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  const step = stepOf(key);
  if (step) return all[at + step];
  if (key !== "ArrowDown" && key !== "ArrowUp") return null;
  const { left, top } = all[at].getBoundingClientRect();
  const rest = key === "ArrowDown" ? all.slice(at + 1) : all.slice(0, at).reverse();
  const line = rest.map((each) => [each, each.getBoundingClientRect()]).filter(([, box]) => box.top !== top);
  const sameLine = line.filter(([, box]) => box.top === line[0][1].top);
  const byDistance = (one, other) => Math.abs(one[1].left - left) - Math.abs(other[1].left - left);
  return sameLine.sort(byDistance)[0]?.[0] ?? null;
}

customElements.define("emoji-picker", EmojiPicker);
