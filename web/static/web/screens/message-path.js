import { session } from "../core/session.js";

// The trainees that lists have shown, by id, and the session in which they have.
let shown = new Map();
let shownIn = session.generation;

/** Return the path of the conversation with a trainee, or the path for starting one. */
export function messagePath(trainee) {
  const { id, conversation_id } = trainee;
  if (shownIn !== session.generation) shown = new Map();
  shownIn = session.generation;
  shown.set(id, trainee);
  return conversation_id ? `/messages/${conversation_id}` : `/messages?trainee=${id}`;
}

/** Return a trainee whose path a list has shown, or null. This also works offline. */
export function shownTrainee(id) {
  return (shownIn === session.generation && shown.get(id)) || null;
}
