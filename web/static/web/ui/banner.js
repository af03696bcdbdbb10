import { html, nothing } from "lit";
import { icon } from "./icons.js";

/**
 * Write a line over the whole width: something that lasts and that people have to know.
 *
 * `text` is a string or a template, `kind` is "warning", "danger" or none, and `action` is a
 * template, such as a button.
 */
export function banner(text, { kind = null, iconName = null, action = nothing } = {}) {
  return html`<div class=${kind ? `banner banner-${kind}` : "banner"}>
    ${iconName ? icon(iconName, { small: true }) : nothing}
    <p>${text}</p>
    ${action}
  </div>`;
}
