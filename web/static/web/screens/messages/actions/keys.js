import { messageAt } from "./message-at.js";
import { openMenu } from "./menu.js";

/**
 * Let keys move through the messages and open their menus.
 *
 * The history is one stop of Tab. From there, arrows, Home and End move the focus from message to message,
 * Enter, Space and the menu key open the menu, and Escape goes to the box.
 */
export function followKeys() {
  document.addEventListener("keydown", (event) => {
    const history = historyOf(event.target);
    if (!history || event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event, history)) event.preventDefault();
  });
  document.addEventListener("contextmenu", (event) => {
    // The menu key and Shift+F10; a click with the right button keeps the browser's menu.
    if (event.button !== 0 || !event.target.matches?.(".message") || !open(event.target)) return;
    event.preventDefault();
  });
}

/** Return the history if it has the focus itself, or one of its messages has. */
function historyOf(element) {
  return element.matches?.(".history, .message") ? element.closest(".history") : null;
}

function act({ key, target }, history) {
  const rows = [...history.querySelectorAll(".message")];
  const at = rows.indexOf(target);
  if (key === "ArrowUp") return focus(at < 0 ? lastVisible(rows, history) : rows[at - 1]);
  if (key === "ArrowDown") return focus(at < 0 ? lastVisible(rows, history) : rows[at + 1]);
  if (at < 0) return false;
  if (key === "Home") return focus(rows[0]);
  if (key === "End") return focus(rows.at(-1));
  if (key === "Enter" || key === " ") return open(target);
  return key === "Escape" && leave(history);
}

function focus(row) {
  if (!row) return false;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function lastVisible(rows, history) {
  const { bottom } = history.getBoundingClientRect();
  return rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1) ?? rows.at(-1);
}

function open(row) {
  const target = messageAt(row);
  if (target) openMenu(target);
  return Boolean(target);
}

function leave(history) {
  const box = history.closest("thread-view")?.querySelector("message-composer textarea");
  box?.focus();
  return Boolean(box);
}
