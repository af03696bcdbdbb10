/** Return where somebody writes to a trainee: the conversation, or the place to begin one. */
export function messagePath({ id, conversation_id }) {
  return conversation_id ? `/messages/${conversation_id}` : `/messages?trainee=${id}`;
}
