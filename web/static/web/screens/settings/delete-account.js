import { html } from "lit";
import { leave } from "../../core/leaving.js";
import { session } from "../../core/session.js";
import { t } from "../../text/translate.js";
import { confirm } from "../../ui/dialog.js";
import "../../ui/field.js";

/** Ask for the password, and what happens to the messages; then delete the account. */
export function askToDeleteAccount() {
  const isTrainer = session.user.role === "TRAINER";
  return confirm({
    title: t("account.deleteConfirm"),
    text: isTrainer ? t("account.deleteTrainer") : t("account.deleteText"),
    label: t("account.delete"),
    isDangerous: true,
    body,
    act: leave,
  });
}

function body(form) {
  return html`
    <fieldset class="options">
      <legend class="field-label">${t("account.messages")}</legend>
      ${option("keep", t("account.keep"), t("account.keepHint"))}
      ${option("erase", t("account.erase"), t("account.eraseHint"))}
    </fieldset>
    <input type="text" autocomplete="username" .value=${session.user?.email ?? ""} hidden />
    <text-field
      label=${t("field.password")}
      name="password"
      type="password"
      autocomplete="current-password"
      maxlength="128"
      required
      error=${form.errorOf("password")}
    ></text-field>
  `;
}

function option(value, label, hint) {
  return html`<label class="option">
    <input type="radio" name="messages" value=${value} ?checked=${value === "keep"} />
    <span>${label} <span class="field-hint">${hint}</span></span>
  </label>`;
}
