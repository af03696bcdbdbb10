export const ALICE = { id: 1, role: "TRAINER", email: "alice@app.example", first_name: "Alice", last_name: "Ames", profile_image: null };
export const BOB = { id: 2, role: "TRAINEE", email: "bob@app.example", first_name: "Bob", last_name: "Bell", profile_image: null };

/**
 * Create an access token as the server does. It is valid for `seconds` after `issuedAt`, which a
 * server whose clock is wrong may have set.
 */
export function makeToken(userId, { seconds = 300, issuedAt = 1_700_000_000, name = "" } = {}) {
  const claims = { user_id: userId, iat: issuedAt, exp: issuedAt + seconds, name };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encode({ alg: "HS256" })}.${encode(claims)}.signature`;
}

/** Create a conversation between Alice and Bob in the API's format. */
export function makeConversation(id, more = {}) {
  return {
    id,
    trainer: ALICE,
    trainee: BOB,
    is_archived: false,
    last_message_at: "2026-02-16T12:00:00Z",
    last_message_preview: "Hello",
    unread_count: 0,
    version: 10,
    deleted_version: 0,
    ...more,
  };
}

/** Create a message in the API's format; messages with even ids are Bob's. */
export function makeMessage(id, more = {}) {
  return {
    id,
    conversation_id: 7,
    sender: id % 2 ? ALICE : BOB,
    content: `message ${id}`,
    created_at: "2026-02-16T12:00:00Z",
    client_id: null,
    is_read: false,
    read_at: null,
    version: id,
    ...more,
  };
}

/** Create a page of history in the API's format, newest first. */
export function makePage(messages, { next = null, version = 10 } = {}) {
  return { results: messages.toSorted((a, b) => b.id - a.id), next, version };
}
