import { html } from "lit";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { chooseTheme, chosenTheme } from "../../ui/theme.js";

const THEMES = [
  ["system", t("theme.system"), "system"],
  ["light", t("theme.light"), "sun"],
  ["dark", t("theme.dark"), "moon"],
];

/** Render the choice of themes, which apply at once. */
export function themeChoice() {
  return html`<fieldset class="choices">
    <legend class="visually-hidden">${t("theme.label")}</legend>
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
