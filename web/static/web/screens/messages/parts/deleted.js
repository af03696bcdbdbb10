import { html } from "lit";
import { t } from "../../../text/translate.js";

export const deletedPart = {
  render: (part, { isChanging }) => html`<span class="bubble-deleted" dir="auto"
    >${isChanging ? t("message.deleting") : t("message.deleted")}</span
  >`,
};
