import { listTrainees } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { PaginatedList } from "../ui/paginated-list.js";

const FRESH_MS = 2 * 60 * 1000;

// Who comes back from a trainee's page finds the list as it was, at the same place.
let kept = null;

/** Return who is found by `search`: `{pages, search, place}`; `place` is how far it is scrolled. */
export function searchTrainees(search) {
  if (!isUsable(kept, search)) kept = begin(search);
  return kept;
}

/** Have the list loaded anew the next time: somebody has come or gone. */
export function clearTraineeSearch() {
  kept = null;
}

function isUsable(list, search) {
  if (list?.search !== search || list.userId !== session.user?.id) return false;
  return list.pages.status === "ready" && Date.now() - list.at < FRESH_MS;
}

function begin(search) {
  const pages = new PaginatedList((page) => listTrainees({ page, search }));
  pages.load();
  return { pages, search, userId: session.user?.id, at: Date.now(), place: 0 };
}
