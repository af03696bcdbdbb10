import { html } from "lit";
import { t } from "../text/translate.js";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { setTitle } from "../live/badge.js";

/** The screen for unknown paths, and for those that the user may not see. */
class NotFoundScreen extends Element {
  connectedCallback() {
    super.connectedCallback();
    setTitle(t("notFound.title"));
  }

  render() {
    return html`<div class="state">
      <div class="state-icon">${icon("search")}</div>
      <h1>${t("notFound.heading")}</h1>
      <p>${t("notFound.text")}</p>
      <a class="button button-primary" href="/messages">${t("notFound.go")}</a>
    </div>`;
  }
}

customElements.define("not-found-screen", NotFoundScreen);
