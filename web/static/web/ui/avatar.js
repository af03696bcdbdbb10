import { html } from "lit";
import { hue, initials } from "../text/names.js";
import { Element } from "./element.js";

/**
 * A person's picture, or their initials on their colour.
 *
 * Decorative: show the name beside it. `size` is "small" (2rem), "large" (5rem) or unset (2.75rem).
 */
class UserAvatar extends Element {
  static properties = { person: { attribute: false }, broken: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.setAttribute("aria-hidden", "true");
  }

  willUpdate(changed) {
    if (!changed.has("person")) return;
    this.broken = null;
    this.classList.remove(`avatar-hue-${hue(changed.get("person"))}`);
    this.classList.add(`avatar-hue-${hue(this.person)}`);
  }

  render() {
    const picture = this.person?.profile_image;
    if (!picture || picture === this.broken) return initials(this.person);
    return html`<img src=${picture} alt="" @error=${() => (this.broken = picture)} />`;
  }
}

customElements.define("user-avatar", UserAvatar);
