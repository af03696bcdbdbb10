import { request } from "./api.js";

const get = (path, options) => request("GET", path, options);
const post = (path, body, options) => request("POST", path, { body, ...options });
const query = (values) =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined && value !== ""));

// Signing in. The refresh token comes and goes in a cookie that no script can read.
// ------------------------------------------------------------------------------
const OPEN = { auth: false };

/** Sign in; returns `{access}`. */
export const signIn = (email, password) =>
  post("auth/jwt/create/", { email, password, cookie: true }, OPEN);

/** Get a new access token by the cookie; returns `{access}`. */
export const refreshSession = () => post("auth/jwt/refresh/", {}, OPEN);

/** End the cookie's session, with all its tokens and sockets. */
export const signOut = () => post("auth/jwt/blacklist/", {}, OPEN);

/** Join a trainer by the code of an e-mailed link; returns `{access, user}`. */
export const acceptInvitation = ({ code, password, first_name, last_name }) =>
  post(
    "auth/invitations/accept/",
    { code, password, first_name, last_name, cookie: true },
    OPEN,
  );

export const requestPasswordReset = (email) => post("auth/users/reset_password/", { email }, OPEN);

export const confirmPasswordReset = ({ uid, token, newPassword }) =>
  post("auth/users/reset_password_confirm/", { uid, token, new_password: newPassword }, OPEN);

// Oneself
// ------------------------------------------------------------------------------
export const getMe = () => get("auth/users/me/");

/** Change names or, with FormData, the picture; returns the Me that came of it. */
export const updateMe = (changes) =>
  request(
    "PATCH",
    "auth/users/me/",
    changes instanceof FormData ? { form: changes } : { body: changes },
  );

/** Change one's own password; every other session of the account ends. */
export const setPassword = (current, replacement) =>
  post("auth/users/set_password/", { current_password: current, new_password: replacement });

/** Get `{public_key}` to subscribe to notifications with; null where the server sends none. */
export const getPushKey = () => get("users/push-key/");

/** Register a push token of this browser: the JSON of its PushSubscription. */
export const registerDevice = (token) => post("users/device-token/", { token, platform: "web" });

export const forgetDevice = (token) => request("DELETE", "users/device-token/", { body: { token } });

// Conversations
// ------------------------------------------------------------------------------
/** List conversations, 50 a page, newest activity first. */
export const listConversations = ({ page = 1, archived = false } = {}) =>
  get(`messaging/conversations/?${query({ page, archived: archived || undefined })}`);

/** Get messages, newest first (`since`: oldest change first), by key or by the `next` of a page. */
export const getMessages = (id, options = {}) =>
  typeof options === "string"
    ? get(options)
    : get(`messaging/conversations/${id}/messages/?${query(options)}`);

export const sendMessage = (id, { content, client_id }) =>
  post(`messaging/conversations/${id}/send/`, { content, client_id });

/** Send the first message to a trainee; returns `{conversation_id, message, is_new_conversation}`. */
export const startConversation = ({ trainee_id, content, client_id }) =>
  post("messaging/conversations/start/", { trainee_id, content, client_id });

/** Mark the other side's messages as read, up to and including that id. */
export const markRead = (id, upTo) =>
  post(`messaging/conversations/${id}/read/`, { up_to: upTo });

export const getUnreadCount = () => get("messaging/unread-count/");

// A trainer's people
// ------------------------------------------------------------------------------
/** List one's own trainees by name, 20 a page; `search` has words of name or e-mail. */
export const listTrainees = ({ page = 1, search = "" } = {}) =>
  get(`trainer/trainees/?${query({ page, search })}`);

export const getTrainee = (id) => get(`trainer/trainees/${id}/`);

/** End the work with a trainee; the conversation is archived for both. */
export const removeTrainee = (id) => post(`trainer/trainees/${id}/remove/`);

export const listInvitations = (page = 1) => get(`trainer/invitations/?${query({ page })}`);

export const createInvitation = ({ email, message = "" }) =>
  post("trainer/invitations/", { email, message });

export const deleteInvitation = (id) => request("DELETE", `trainer/invitations/${id}/`);

export const resendInvitation = (id) => post(`trainer/invitations/${id}/resend/`);

/** Look through a trainee's account; returns `{access, refresh, session, trainee}`. */
export const startImpersonation = (traineeId) => post(`trainer/impersonate/${traineeId}/start/`);

/** End the look whose token the request carries. */
export const endImpersonation = () => post("trainer/impersonate/end/");
