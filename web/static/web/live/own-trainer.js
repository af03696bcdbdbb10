import { getMe } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { inbox } from "./inbox.js";

// The trainer without a conversation in the list about whom the server was last asked.
let askedAbout = null;

/**
 * Load a trainee's account again when the list has no conversation with their trainer: either there is
 * none yet, or the trainee was removed.
 */
export function followOwnTrainer() {
  inbox.addEventListener("change", check);
  // The conversation may have ended before this module was loaded.
  check();
}

function check() {
  const { trainer } = session.user ?? {};
  if (session.user?.role !== "TRAINEE" || !trainer || inbox.status !== "ready") return;
  const hasConversation = inbox.conversations.some((each) => each.trainer.id === trainer.id);
  if (hasConversation) askedAbout = null;
  else if (askedAbout !== trainer.id) reload(trainer);
}

async function reload(trainer) {
  askedAbout = trainer.id;
  const { generation } = session;
  // After a failure, the next load of the page corrects it.
  const me = await getMe().catch(() => null);
  if (me && generation === session.generation) session.setUser(me);
}
