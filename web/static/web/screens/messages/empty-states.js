import { html, nothing } from "lit";
import { session } from "../../core/session.js";
import { parts, t } from "../../text/translate.js";
import { icon } from "../../ui/icons.js";
import { emptyState } from "../../ui/states.js";
import { isDeleted, isRemoved } from "./people.js";

/** Render an empty list of conversations, with a hint on how to start a conversation. */
export function noConversations(isArchive) {
  if (isArchive) return noArchived();
  return session.user?.role === "TRAINEE" ? waitForTrainer() : startOne();
}

function startOne() {
  const canStart = session.user?.role === "TRAINER" && !session.isImpersonating;
  return emptyState({
    iconName: "messages",
    title: t("conversations.empty"),
    text: canStart ? t("conversations.emptyHint") : "",
    action: canStart
      ? html`<a class="button button-primary" href="/trainees">
          ${t("conversations.choose")}
        </a>`
      : nothing,
  });
}

function waitForTrainer() {
  const hasTrainer = Boolean(session.user.trainer);
  return emptyState({
    iconName: "messages",
    title: hasTrainer ? t("conversations.waiting") : t("conversations.noTrainer"),
    text: hasTrainer ? t("conversations.waitingHint") : t("conversations.noTrainerHint"),
  });
}

function noArchived() {
  return emptyState({
    iconName: "archive",
    title: t("archive.empty"),
    text: t("archive.emptyHint"),
  });
}

/** Render a conversation that has ended, or that the user has no access to. */
export function nothingHere() {
  return emptyState({
    iconName: "archive",
    title: t("conversation.gone"),
    text: t("conversation.goneHint"),
    action: html`<a class="button" href="/messages">${t("nav.toMessages")}</a>`,
  });
}

/** Render the thread panel while no conversation is open. */
export function chooseConversation() {
  return emptyState({ iconName: "messages", title: t("conversation.choose") });
}

/** Return the reason why a thread is read-only, to be rendered; null if it is not read-only. */
export function closedReason({ status, conversation }, person) {
  if (session.isImpersonating) return t("closed.impersonating");
  if (status === "gone") return t("closed.ended");
  if (person && isDeleted(person)) return t("closed.deleted");
  if (status === "archived" || conversation?.is_archived) return archivedReason(conversation);
  return null;
}

function archivedReason(conversation) {
  if (session.user?.role === "TRAINEE") return t("closed.ended");
  if (isRemoved(conversation)) return t("closed.removed");
  if (conversation?.archived_reason !== "other") return t("closed.archived");
  const link = html`<a href="/messages?trainee=${conversation.trainee.id}">${t("closed.write")}</a>`;
  return html`<span>${parts("closed.resume", { link })}</span>`;
}

/** Render the reason in place of the composer. */
export function closedNote(reason) {
  const iconName = session.isImpersonating ? "eye" : "archive";
  return html`<p class="closed-note" role="status">
    ${icon(iconName, { small: true })} ${reason}
  </p>`;
}
