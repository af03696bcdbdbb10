import { request } from "./api.js";

const EXPORTS = "users/data-exports/";
const EMAILS = "users/email-preferences/";

/** Delete the account; `messages` is "keep" or "erase". */
export const deleteAccount = ({ password, messages }) =>
  request("POST", "users/profiles/delete-account/", { body: { password, messages } });

/** List the copies of the user's data, newest first: `{created_at, is_ready, download_url, …}`. */
export const listExports = () => request("GET", EXPORTS);

/** Have a copy prepared; returns the one that is being prepared already, if any. */
export const requestExport = () => request("POST", EXPORTS);

/** Get when the user gets emails about unread messages: `{unread_messages, is_silenced}`. */
export const getEmailPreferences = () => request("GET", EMAILS);

/** Change `unread_messages` to "off", "hour" or "day"; returns all of them. */
export const changeEmailPreferences = (body) => request("PATCH", EMAILS, { body });
