import { request } from "./api.js";

const EXPORTS = "users/data-exports/";

/** Delete the account; `messages` is "keep" or "erase". */
export const deleteAccount = ({ password, messages }) =>
  request("POST", "users/profiles/delete-account/", { body: { password, messages } });

/** List the copies of the user's data, newest first: `{created_at, is_ready, download_url, …}`. */
export const listExports = () => request("GET", EXPORTS);

/** Have a copy prepared; returns the one that is being prepared already, if any. */
export const requestExport = () => request("POST", EXPORTS);
