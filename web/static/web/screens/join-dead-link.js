import { html } from "lit";
import { t } from "../text/translate.js";
import { authPage } from "./auth-page.js";

/** Render the page of an invitation that cannot be accepted, by the server's error code. */
export function deadLink(code) {
  if (code === "invitation_accepted") return accepted();
  if (code === "invitation_expired") return page(t("join.expired"), t("join.askAgain"));
  if (code === "invitation_cancelled") return page(t("join.cancelled"), t("join.cancelledHint"));
  return page(t("join.invalid"), t("join.invalidHint"));
}

function accepted() {
  return authPage({
    title: t("join.accepted"),
    text: t("join.acceptedHint"),
    links: html`<a class="button button-primary" href="/sign-in">${t("join.signIn")}</a>`,
  });
}

function page(title, text) {
  return authPage({
    title,
    text,
    links: html`<a href="/sign-in">${t("join.haveAccount")}</a>`,
  });
}
