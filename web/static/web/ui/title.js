import { setPageTitle } from "../live/badge.js";

// The server writes the product's name there.
const PRODUCT = document.title;

/** Name what is on the screen, for tabs, history and screen readers; the badge stands before it. */
export function setTitle(text) {
  setPageTitle(`${text} · ${PRODUCT}`);
}
