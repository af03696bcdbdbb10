/** Return the path of the conversation with a trainee, or the path for starting one. */
export function messagePath({ id, conversation_id }) {
  return conversation_id ? `/messages/${conversation_id}` : `/messages?trainee=${id}`;
}
