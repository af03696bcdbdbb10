import { html } from "lit";
import { icon } from "../../ui/icons.js";

const TICKS = {
  waiting: { label: "Sending", iconName: "clock" },
  sending: { label: "Sending", iconName: "clock" },
  sent: { label: "Sent", iconName: "check" },
  read: { label: "Read", iconName: "check-double" },
  failed: { label: "Not sent", iconName: "alert" },
};

/** Show how far one's own message has come; one that waits is on its way, as far as people care. */
export function tickMark(state) {
  const { label, iconName } = TICKS[state];
  return html`<span class="tick" role="img" aria-label=${label} title=${label}>
    ${icon(iconName, { small: true })}
  </span>`;
}
