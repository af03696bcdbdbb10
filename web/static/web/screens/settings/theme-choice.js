import { html } from "lit";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { chooseTheme, chosenTheme } from "../../ui/theme.js";

const ICONS = { system: "system", light: "sun", dark: "moon" };

/** Render the choice of themes, which apply at once. */
export function themeChoice() {
  return html`<fieldset class="choices">
    <legend class="visually-hidden">${t("theme.label")}</legend>
    ${choice("system", t("theme.system"))} ${choice("light", t("theme.light"))}
    ${choice("dark", t("theme.dark"))}
  </fieldset>`;
}

function choice(theme, label) {
  return html`<label class="choice">
    <input
      type="radio"
      name="theme"
      value=${theme}
      ?checked=${chosenTheme() === theme}
      @change=${() => chooseTheme(theme)}
    />
    ${icon(ICONS[theme], { small: true })} ${label}
  </label>`;
}
