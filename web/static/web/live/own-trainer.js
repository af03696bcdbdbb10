import { getMe } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { inbox } from "./inbox.js";

let count = 0;

/** Load a trainee's account again when a conversation leaves the list: their trainer may have changed. */
export function followOwnTrainer() {
  count = inbox.conversations.length;
  inbox.addEventListener("change", () => {
    const hasLost = inbox.conversations.length < count;
    count = inbox.conversations.length;
    if (hasLost && session.user?.role === "TRAINEE") reload();
  });
}

async function reload() {
  const { generation } = session;
  // After a failure, the next load of the page corrects it.
  const me = await getMe().catch(() => null);
  if (me && generation === session.generation) session.setUser(me);
}
