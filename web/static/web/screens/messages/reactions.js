import { html, repeat } from "lit";
import { session } from "../../core/session.js";
import { nameInSentence } from "../../text/names.js";
import { t } from "../../text/translate.js";

/** Render the reactions to a message as buttons that add or remove the user's own; see actions/. */
export function reactionBar({ reactions }, person) {
  return html`<div class="reactions" role="group" aria-label=${t("reactions.label")}>
    ${repeat(reactions, ({ emoji }) => emoji, (each) => reactionButton(each, person))}
  </div>`;
}

function reactionButton({ emoji, user_ids: ids }, person) {
  const isOwn = ids.includes(session.user?.id);
  const names = ids.map((id) => (id === session.user?.id ? t("message.you") : nameInSentence(person)));
  const list = names.join(", ");
  const shown = ids.length > 1 ? `${emoji} ${ids.length}` : emoji;
  return html`<button
    type="button"
    class="reaction"
    data-emoji=${emoji}
    aria-pressed=${isOwn ? "true" : "false"}
    aria-label=${t("reactions.one", { emoji: shown, list })}
    title=${list}
  >
    <span aria-hidden="true">${emoji}</span>
    ${ids.length > 1 ? html`<span class="reaction-count" aria-hidden="true">${ids.length}</span>` : ""}
  </button>`;
}
