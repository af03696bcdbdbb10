import { html, nothing } from "lit";
import { session } from "../../core/session.js";
import { emptyState } from "../../ui/states.js";

/** Say why a list of conversations is empty, and how one comes to be. */
export function noConversations(isArchive) {
  if (isArchive) return noArchived();
  return session.user?.role === "TRAINEE" ? waitForTrainer() : startOne();
}

function startOne() {
  const canStart = session.user?.role === "TRAINER" && !session.isImpersonating;
  return emptyState({
    iconName: "messages",
    title: "No conversations yet",
    text: canStart ? "Write to one of your trainees to start one." : "",
    action: canStart
      ? html`<a class="button button-primary" href="/trainees">Choose a trainee</a>`
      : nothing,
  });
}

function waitForTrainer() {
  return emptyState({
    iconName: "messages",
    title: "No messages yet",
    text: "Your trainer will reach out here.",
  });
}

function noArchived() {
  return emptyState({
    iconName: "archive",
    title: "Nothing archived",
    text: "When you remove a trainee, your conversation stays readable here.",
  });
}

/** Say that a conversation cannot be read, because it ended or because it never was one's own. */
export function nothingHere() {
  return emptyState({
    iconName: "archive",
    title: "Nothing to read here",
    text: "This conversation has ended.",
    action: html`<a class="button" href="/messages">Back to messages</a>`,
  });
}

/** Fill the panel beside the list while no conversation is open. */
export function chooseConversation() {
  return emptyState({ iconName: "messages", title: "Choose a conversation" });
}
