import { quietly } from "../core/web-storage.js";
import { outbox } from "./outbox.js";
import { page } from "./page.js";

let hasAsked = false;

/** Protect unsent messages: ask before the page closes, and ask the browser not to clear its data. */
export function guardUnsent() {
  outbox.addEventListener("change", guard);
  guard();
}

function guard() {
  // A page with such a listener may not enter the back/forward cache, so it is there only if needed.
  if (outbox.size > 0 && !outbox.isKept) addEventListener("beforeunload", confirmLeaving);
  else removeEventListener("beforeunload", confirmLeaving);
  if (!hasAsked && outbox.all().some(isWaiting)) persist();
}

function confirmLeaving(event) {
  event.preventDefault();
  event.returnValue = true; // browsers before 2023 ignore preventDefault
}

function isWaiting({ attempts }) {
  return !page.isOnline || attempts > 0;
}

/** Ask the browser not to clear our data. Firefox asks the user, who understands the question now. */
function persist() {
  hasAsked = true;
  quietly(() => navigator.storage.persist());
}
