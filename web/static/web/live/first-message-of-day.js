import { getMessages } from "../core/endpoints.js";

/**
 * Return the id of the first message on or after a day, such as "2026-02-15", in the reader's time zone;
 * else of the newest message, or null if there is none. Throws ApiError.
 */
export async function findFirstMessage(conversationId, day) {
  const at = new Date(`${day}T00:00:00`).toISOString();
  const { results } = await getMessages(conversationId, { at, limit: 1 });
  return results[0]?.id ?? null;
}
