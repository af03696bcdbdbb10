import { html } from "lit";
import { t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";

const TICKS = {
  waiting: { label: t("tick.sending"), iconName: "clock" },
  sending: { label: t("tick.sending"), iconName: "clock" },
  sent: { label: t("tick.sent"), iconName: "check" },
  read: { label: t("tick.read"), iconName: "check-double" },
  failed: { label: t("tick.failed"), iconName: "alert" },
};

/** Render the delivery state of the user's message; a waiting message counts as being sent. */
export function tickMark(state) {
  const { label, iconName } = TICKS[state];
  return html`<span class="tick" role="img" aria-label=${label} title=${label}
    >${icon(iconName, { small: true })}</span
  >`;
}
