import { html } from "lit";
import { StoreController } from "../../core/store.js";
import { notify } from "../../live/notify.js";
import { Element } from "../../ui/element.js";

/** Turn notifications of this device on and off, or say why that cannot be. */
class NotificationSwitch extends Element {
  static properties = { isBusy: { state: true } };

  constructor() {
    super();
    new StoreController(this, notify);
  }

  render() {
    const isPossible = notify.state === "on" || notify.state === "off";
    return html`
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          .checked=${notify.state === "on"}
          ?disabled=${!isPossible || this.isBusy}
          aria-describedby="notification-reason"
          @change=${this.#toggle}
        />
        Notify me of new messages
      </label>
      <p class="field-hint" id="notification-reason" role="status">
        ${notify.reason || "When nobody looks at this page."}
      </p>
    `;
  }

  async #toggle({ target }) {
    this.isBusy = true;
    try {
      await (target.checked ? notify.enable() : notify.disable());
    } finally {
      this.isBusy = false;
      target.checked = notify.state === "on"; // people can say no to the browser
    }
  }
}

customElements.define("notification-switch", NotificationSwitch);
