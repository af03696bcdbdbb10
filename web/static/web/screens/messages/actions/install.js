import { untilLoaded } from "../../../core/network.js";
import { changes } from "../../../live/changes.js";
import { loadLater } from "../../../text/translate.js";
import { ACTIONS, reportFailures, toggleReaction } from "./actions.js";
import { choicesFor } from "./choices.js";
import { followLongPresses } from "./gestures.js";
import { followKeys } from "./keys.js";
import { messageAt } from "./message-at.js";
import { openMenu } from "./menu.js";

/**
 * Let people act on messages: by the button of a message, a long press, keys, and a click on a reaction, a
 * quote or the name of a day. Nothing of this is part of the first load, so it listens to the document.
 */
export async function installActions() {
  await untilLoaded(loadLater);
  changes.prepare();
  document.addEventListener("click", clicked);
  document.addEventListener("edit-last", ({ target }) => editLast(target));
  followLongPresses();
  followKeys();
  reportFailures();
}

function clicked({ target }) {
  const button = target.closest?.(".message-more, .reaction, .quote, .day-name button");
  const found = button && messageAt(button);
  if (!button) return;
  if (button.matches(".day-name button")) askForDate(button);
  else if (button.matches(".quote")) goTo(button);
  else if (found && button.matches(".reaction")) toggleReaction(found, button.dataset.emoji);
  else if (found) openMenu(found);
}

/** Ask for a date to go to, beginning with that of the heading of a day. */
async function askForDate(button) {
  const { showDates } = await import("./date-dialog.js");
  const { conversation } = button.closest("message-history")?.thread ?? {};
  if (conversation) showDates(conversation, button.closest(".day").dataset.day);
}

/** Show the message that a quote is of, loaded or not. */
function goTo(quote) {
  quote.closest("message-history")?.jumpTo(Number(quote.dataset.quotedId));
}

/** Edit the last own message of the thread of a composer, if that is still possible. */
function editLast(composer) {
  const rows = [...composer.closest("thread-view").querySelectorAll(".message.own[data-message-id]:not(.deleted)")];
  const target = rows.length ? messageAt(rows.at(-1)) : null;
  if (target && choicesFor(target.item, true).has("edit")) ACTIONS.edit(target);
}
