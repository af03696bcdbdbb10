import { session } from "../core/session.js";
import { inbox } from "./inbox.js";
import { page } from "./page.js";

const MOST = 99;

// The server sets the title to the product's name.
const PRODUCT = document.title;

let pageTitle = PRODUCT;

/** Format an unread count: "" for 0, "99+" above 99. */
export function formatBadge(count) {
  if (count > MOST) return `${MOST}+`;
  return count > 0 ? String(count) : "";
}

/** Set the page title, which is shown after the unread count: "(3) Trainees · Messaging". */
export function setTitle(text) {
  pageTitle = `${text} · ${PRODUCT}`;
  show();
}

/** Keep the unread count in the page title and on the app icon. */
export function startBadge() {
  inbox.addEventListener("change", show);
  page.addEventListener("visible", show);
  show();
}

function show() {
  const badge = formatBadge(inbox.unreadCount);
  const title = badge ? `(${badge}) ${pageTitle}` : pageTitle;
  if (title !== document.title) document.title = title;
  // While impersonating, the icon keeps the trainer's own count.
  if (!session.isImpersonating) showOnIcon(inbox.unreadCount);
}

/** Set the icon's badge even if the count is unchanged: the service worker sets the badge too. */
function showOnIcon(count) {
  if (!navigator.setAppBadge) return;
  const done = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge();
  done.catch(() => {}); // only an installed app has an icon
}
