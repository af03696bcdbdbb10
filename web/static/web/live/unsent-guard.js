import { quietly } from "../core/web-storage.js";
import { outbox } from "./outbox.js";
import { page } from "./page.js";

let hasAsked = false;

/** Protect unsent messages from the browser that clears data, and from the user who closes the page. */
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

/** Ask the browser to keep our data: Firefox asks the user, who sees now what it is good for. */
function persist() {
  hasAsked = true;
  quietly(() => navigator.storage.persist());
}
