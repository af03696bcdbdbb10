import { request } from "./api.js";

const get = (path, options) => request("GET", path, options);
const post = (path, body, options) => request("POST", path, { body, ...options });
const query = (values) => {
  const isGiven = ([, value]) => value !== undefined && value !== "";
  return new URLSearchParams(Object.entries(values).filter(isGiven));
};

// Signing in. The refresh token is in an HttpOnly cookie.
// ------------------------------------------------------------------------------
const OPEN = { auth: false };

/** Sign in; returns `{access}`. */
export const signIn = (email, password) =>
  post("auth/jwt/create/", { email, password, cookie: true }, OPEN);

/** Get a new access token with the cookie; returns `{access}`. */
export const refreshSession = () => post("auth/jwt/refresh/", {}, OPEN);

/** End the session of the refresh cookie, with its tokens and sockets. */
export const signOut = () => post("auth/jwt/blacklist/", {}, OPEN);

/** Get `{trainer, email, message, expires_at}` of the invitation with the code in a link. */
export const previewInvitation = (code) => post("auth/invitations/preview/", { code }, OPEN);

/** Accept an invitation by the code in its link; returns `{access, user, conversation_id}`. */
export const acceptInvitation = ({ code, password, first_name, last_name }) =>
  post(
    "auth/invitations/accept/",
    { code, password, first_name, last_name, cookie: true },
    OPEN,
  );

export const requestPasswordReset = (email) => post("auth/users/reset_password/", { email }, OPEN);

export const confirmPasswordReset = ({ uid, token, newPassword }) =>
  post("auth/users/reset_password_confirm/", { uid, token, new_password: newPassword }, OPEN);

// The signed-in user
// ------------------------------------------------------------------------------
export const getMe = () => get("auth/users/me/");

/** Change names or, with FormData, the picture; returns the updated user. */
export const updateMe = (changes) =>
  request(
    "PATCH",
    "auth/users/me/",
    changes instanceof FormData ? { form: changes } : { body: changes },
  );

/** Change the user's password; all their other sessions end. */
export const setPassword = (current, replacement) =>
  post("auth/users/set_password/", { current_password: current, new_password: replacement });

/** Get the VAPID `{public_key}`; null if the server sends no push notifications. */
export const getPushKey = () => get("users/push-key/");

/** Register this browser's PushSubscription, as JSON. */
export const registerDevice = (token) => post("users/device-token/", { token, platform: "web" });

export const unregisterDevice = (token) =>
  request("DELETE", "users/device-token/", { body: { token } });

// Conversations
// ------------------------------------------------------------------------------
/** List conversations, 50 per page, newest activity first; `search` matches names and email. */
export const listConversations = ({ page = 1, archived, search } = {}, options) =>
  get(`messaging/conversations/?${query({ page, archived: archived || undefined, search })}`, options);

/** Get one conversation in the format of the list; 404 if the user may not see it. */
export const getConversation = (id) => get(`messaging/conversations/${id}/`);

/** Get messages by options or a `next` URL, newest first (with `since`: oldest change first). */
export const getMessages = (id, options = {}) =>
  typeof options === "string"
    ? get(options)
    : get(`messaging/conversations/${id}/messages/?${query(options)}`);

/** Send `{content, client_id, reply_to?, uploads?}`; returns the message. */
export const sendMessage = (id, message) => post(`messaging/conversations/${id}/send/`, message);

/** Message a trainee, as `sendMessage`; returns `{conversation_id, message, is_new_conversation}`. */
export const startConversation = (message) => post("messaging/conversations/start/", message);

/** Mark the other person's messages as read, all or up to and including an id. */
export const markRead = (id, upTo) =>
  post(`messaging/conversations/${id}/read/`, { up_to: upTo });

export const getUnreadCount = () => get("messaging/unread-count/");

/** Search messages, 20 per page, newest first; `conversation` is an id. */
export const searchMessages = ({ q, page = 1, conversation }, options) =>
  get(`messaging/search/?${query({ q, page, conversation })}`, options);

// Trainees and invitations
// ------------------------------------------------------------------------------
/** List the trainer's trainees by name, 20 per page; `search` matches names and email. */
export const listTrainees = ({ page = 1, search = "" } = {}, options) =>
  get(`trainer/trainees/?${query({ page, search })}`, options);

export const getTrainee = (id) => get(`trainer/trainees/${id}/`);

/** Remove a trainee; the conversation is archived for both. */
export const removeTrainee = (id) => post(`trainer/trainees/${id}/remove/`);

export const listInvitations = (page = 1) => get(`trainer/invitations/?${query({ page })}`);

export const createInvitation = ({ email, message = "" }) =>
  post("trainer/invitations/", { email, message });

export const deleteInvitation = (id) => request("DELETE", `trainer/invitations/${id}/`);

/** Get the `{link, image}` of an invitation; `image` is the URL of its QR code. */
export const getInvitationLink = (id) => get(`trainer/invitations/${id}/link/`);

export const resendInvitation = (id) => post(`trainer/invitations/${id}/resend/`);

/** Start impersonating a trainee; returns `{access, refresh, session, trainee}`. */
export const startImpersonation = (traineeId) => post(`trainer/impersonate/${traineeId}/start/`);

/** End the impersonation that the access token belongs to. */
export const endImpersonation = () => post("trainer/impersonate/end/");
