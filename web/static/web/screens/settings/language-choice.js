import { html } from "lit";
import { updateMe } from "../../core/endpoints.js";
import { session } from "../../core/session.js";
import { hasUnsavedForm } from "../../core/unsaved-forms.js";
import { t } from "../../text/translate.js";
import { toast } from "../../ui/toast.js";

/** Render the choice of the language, which is stored for the account; the page reloads in it. */
export function languageChoice() {
  return html`<fieldset class="choices">
    <legend class="visually-hidden">${t("language.title")}</legend>
    ${choice(null, t("language.device"))} ${choice("en", t("language.english"))}
    ${choice("de", t("language.german"))}
  </fieldset>`;
}

function choice(language, label) {
  return html`<label class="choice">
    <input
      type="radio"
      name="language"
      value=${language ?? ""}
      .checked=${(session.user.language ?? null) === language}
      @change=${() => choose(language)}
    />
    ${label}
  </label>`;
}

async function choose(language) {
  try {
    session.setUser(await updateMe({ language }));
  } catch (error) {
    session.changed(); // shows the stored choice again
    return toast(error.message);
  }
  if (hasUnsavedForm()) toast(t("language.later"));
  else location.reload();
}
