import { html } from "lit";
import { Element } from "../ui/element.js";
import { icon } from "../ui/icons.js";
import { setTitle } from "../ui/title.js";

/** Say that a path leads nowhere, for this person at least. */
class NotFoundScreen extends Element {
  connectedCallback() {
    super.connectedCallback();
    setTitle("Not found");
  }

  render() {
    return html`<div class="state">
      <div class="state-icon">${icon("search")}</div>
      <h1>There is nothing here</h1>
      <p>The address is wrong, or what was here is gone.</p>
      <a class="button button-primary" href="/messages">Go to messages</a>
    </div>`;
  }
}

customElements.define("not-found-screen", NotFoundScreen);
