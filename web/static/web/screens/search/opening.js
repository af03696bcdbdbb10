import { PUBLIC_ROUTES } from "../../core/routes.js";
import { router } from "../../core/router.js";
import { session } from "../../core/session.js";
import { loadStyles } from "../../ui/screens.js";
import { toast } from "../../ui/toast.js";
import { t } from "../../text/translate.js";

const ROLES = ["TRAINER", "TRAINEE"];

/** Open the search by Ctrl+K or Cmd+K. */
export function startSearch() {
  addEventListener("keydown", (event) => {
    if (!isShortcut(event) || !canSearch()) return;
    event.preventDefault();
    openSearch();
  });
}

function isShortcut({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey && !shiftKey;
}

/** Return whether there is something to search, and no dialog that the search would cover. */
function canSearch() {
  const isIn = session.state === "signed-in" && !PUBLIC_ROUTES.has(router.route.name);
  return isIn && ROLES.includes(session.user?.role) && !document.querySelector("dialog[open]");
}

/** Open the search, of one conversation if it is given. */
export async function openSearch(conversation = null) {
  const waiting = openWaiting();
  try {
    // The texts come first: modules that are loaded use them at once.
    await Promise.all([import("../../text/later.js"), loadStyles()]);
    const { showSearch } = await import("./search-dialog.js");
    const wanted = waiting.open;
    waiting.close();
    if (wanted && canSearch()) showSearch(conversation, waiting.firstChild.value);
  } catch {
    toast(t("app.offline"));
  }
  waiting.close(); // gives the focus back
  waiting.remove();
}

/** Open a dialog whose field takes what is typed until the search is loaded: it must never become a message. */
function openWaiting() {
  const dialog = document.createElement("dialog");
  const field = document.createElement("input");
  field.ariaLabel = t("search.open");
  dialog.style.opacity = 0;
  // A phone has no Escape key.
  dialog.onclick = dialog.close;
  dialog.append(field);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
