import { isFewEmoji } from "../text/emoji.js";

/**
 * Return the parts of a message, or of an entry of the outbox, in the order in which they are shown.
 *
 * `{kind: "deleted"}` and `{kind: "event", event, text}` are alone. Else there are
 * `{kind: "photo", photos}` with all attachments or unsent photos, and `{kind: "text", text, isLarge}`.
 * Messages that a device stored before these fields existed have only a text. The quote of a reply is no
 * part.
 */
export function partsOf({ content, is_deleted: isDeleted, event, attachments, photos: unsent }) {
  if (isDeleted) return [{ kind: "deleted" }];
  if (event) return [{ kind: "event", event, text: content }];
  const photos = (attachments ?? unsent ?? []).filter(({ kind }) => kind === "image");
  const parts = photos.length ? [{ kind: "photo", photos }] : [];
  // A message is never empty on the screen, whatever a later release attaches to it.
  if (content || !photos.length) {
    parts.push({ kind: "text", text: content, isLarge: !photos.length && isFewEmoji(content) });
  }
  return parts;
}
