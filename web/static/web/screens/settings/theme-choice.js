import { html } from "lit";
import { icon } from "../../ui/icons.js";
import { chooseTheme, chosenTheme } from "../../ui/theme.js";

const THEMES = [
  ["system", "System", "system"],
  ["light", "Light", "sun"],
  ["dark", "Dark", "moon"],
];

/** Offer the themes; each is put on at once. */
export function themeChoice() {
  return html`<fieldset class="choices">
    <legend class="visually-hidden">Theme</legend>
    ${THEMES.map(choice)}
  </fieldset>`;
}

function choice([theme, label, iconName]) {
  return html`<label class="choice">
    <input
      type="radio"
      name="theme"
      value=${theme}
      ?checked=${chosenTheme() === theme}
      @change=${() => chooseTheme(theme)}
    />
    ${icon(iconName, { small: true })} ${label}
  </label>`;
}
