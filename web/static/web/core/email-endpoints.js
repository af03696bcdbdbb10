import { request } from "./api.js";

const EMAILS = "users/email-preferences/";

/** Get when the user gets emails about unread messages: `{unread_messages, is_silenced}`. */
export const getEmailPreferences = () => request("GET", EMAILS);

/** Change `unread_messages` to "off", "hour" or "day"; returns all of them. */
export const changeEmailPreferences = (body) => request("PATCH", EMAILS, { body });
