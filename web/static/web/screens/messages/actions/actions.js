import { UNDO_MS, changes } from "../../../live/changes.js";
import { account } from "../../../live/account.js";
import { t } from "../../../text/translate.js";
import { toast } from "../../../ui/toast.js";
import { choicesFor, hasReacted, reactionLimit } from "./choices.js";

const REASONS = {
  edit_window_over: () => t("change.edit_window_over"),
  message_deleted: () => t("change.message_deleted"),
  message_not_found: () => t("change.gone"),
  not_found: () => t("change.gone"),
};

/** The actions of the menu; each gets a message as `messageAt` returns it. */
export const ACTIONS = {
  reply: ({ composer, message }) => composer.reply(message.id),
  copy: ({ message }) => copy(message.content),
  edit: ({ composer, message }) => composer.edit(message),
  delete: ({ message }) => remove(message),
  undo: ({ message }) => undo(message),
  info: (target) => import("./info.js").then(({ showInfo }) => showInfo(target.item)),
};

/** Add the user's reaction, or take it back; does nothing if a message has 6 other kinds. */
export function toggleReaction({ composer, message, item }, emoji) {
  if (!choicesFor(item, Boolean(composer)).has("react")) return;
  const isOn = !hasReacted(item, emoji, account.userId);
  if (isOn && reactionLimit(item)?.includes(emoji) === false) return;
  changes.react(message, emoji, isOn);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("message.copied"));
  } catch {
    toast(t("message.copyFailed")); // without TLS, or not allowed
  }
}

/** Delete a message, and offer to undo that as long as it is possible. */
function remove(message) {
  const closing = new AbortController();
  const { signal } = closing;
  const isPending = () => changes.canUndo(message.id);
  const action = { label: t("action.undo"), run: () => undo(message) };
  changes.delete(message);
  toast(t("message.removed"), { action, until: signal });
  changes.addEventListener("change", () => isPending() || closing.abort(), { signal });
  setTimeout(() => closing.abort(), UNDO_MS);
}

function undo({ id }) {
  if (!changes.undo(id)) toast(t("message.undoTooLate"));
}

/** Say why a change was taken back; the text of an edit can be copied, so that it is not lost. */
export function reportFailures() {
  changes.addEventListener("failed", ({ detail: { change, error } }) => {
    const text = (REASONS[error.code] ?? (() => error.message))();
    const action = { label: t("change.copyText"), run: () => copy(change.content) };
    toast(text, change.content ? { action } : {});
  });
}
