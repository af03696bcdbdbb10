import { html } from "lit";
import { t } from "../../../text/translate.js";

export const deletedPart = {
  render: () => html`<span class="bubble-deleted" dir="auto">${t("message.deleted")}</span>`,
  describe: () => t("message.deleted"),
};
