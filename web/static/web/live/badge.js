import { session } from "../core/session.js";
import { inbox } from "./inbox.js";
import { page } from "./page.js";

const MOST = 99;

let pageTitle = document.title;

/** Format an unread count: nothing for 0, "99+" past 99. */
export function formatBadge(count) {
  if (count > MOST) return `${MOST}+`;
  return count > 0 ? String(count) : "";
}

/** Name the screen in the tab's title, behind the unread count: "(3) Trainees". */
export function setPageTitle(title) {
  pageTitle = title;
  show();
}

/** Show the unread count in the tab's title and on the app's icon, from now on. */
export function startBadge() {
  inbox.addEventListener("change", show);
  page.addEventListener("visible", show);
  show();
}

function show() {
  const badge = formatBadge(inbox.unreadCount);
  const title = badge ? `(${badge}) ${pageTitle}` : pageTitle;
  if (title !== document.title) document.title = title;
  // The icon is the device's own; a look through somebody's account does not change it.
  if (!session.isImpersonating) showOnIcon(inbox.unreadCount);
}

/** The service worker writes there too, so what was written last is not known here. */
function showOnIcon(count) {
  if (!navigator.setAppBadge) return;
  const done = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge();
  done.catch(() => {}); // only an installed app has an icon to write on
}
