import { listTrainees } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { PaginatedList } from "../ui/paginated-list.js";

const FRESH_MS = 2 * 60 * 1000;

// On return from a trainee's page, the same list is shown at the same scroll position.
let cached = null;

/** Return the search result `{pages, search, scrollTop}`, from the cache while it is fresh. */
export function searchTrainees(search) {
  if (!isUsable(cached, search)) cached = begin(search);
  return cached;
}

/** Clear the cache after the list has changed. */
export function clearTraineeSearch() {
  cached = null;
}

function isUsable(list, search) {
  if (list?.search !== search || list.userId !== session.user?.id) return false;
  return list.pages.status === "ready" && performance.now() - list.at < FRESH_MS;
}

function begin(search) {
  const pages = new PaginatedList((page) => listTrainees({ page, search }));
  pages.load();
  return { pages, search, userId: session.user?.id, at: performance.now(), scrollTop: 0 };
}
