import { nameInSentence } from "../text/names.js";
import { account } from "./account.js";
import { previewOf } from "./preview.js";
import { workerRegistration } from "./push-subscription.js";

/** Show the notification of a conversation's newest message; without `isNew` it makes no sound. */
export async function showMessage(conversation, { isNew }) {
  const { trainer, trainee, id } = conversation;
  const other = trainer.id === account.userId ? trainee : trainer;
  const registration = await workerRegistration();
  // The tag is the same as in the service worker, so that one notification replaces the other.
  await registration?.showNotification(nameInSentence(other), {
    body: previewOf(conversation),
    tag: `conversation-${id}`,
    renotify: isNew,
    silent: !isNew,
    icon: other.profile_image ?? undefined,
    data: { path: `/messages/${id}`, deletedVersion: conversation.deleted_version },
  });
}

/** Remembers each unread conversation, to notice when its newest message is edited, or any is deleted. */
export class UnreadTexts {
  #known = new Map();

  /** Return the conversations of which a text that may be shown has changed. */
  follow(conversations) {
    const unread = conversations.filter((each) => each.unread_count > 0);
    const changed = unread.filter((each) => hasChanged(this.#known.get(each.id), each));
    this.#known = new Map(unread.map((each) => [each.id, each]));
    return changed;
  }
}

function hasChanged(before, now) {
  if (now.deleted_version > before?.deleted_version) return true;
  return before?.last_message_at === now.last_message_at && previewOf(before) !== previewOf(now);
}
