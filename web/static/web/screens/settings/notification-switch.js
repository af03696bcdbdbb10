import { html } from "lit";
import { StoreController } from "../../core/store.js";
import { notifications } from "../../live/notifications.js";
import { Element } from "../../ui/element.js";

/** Turn notifications of this device on and off, or say why that cannot be. */
class NotificationSwitch extends Element {
  static properties = { isBusy: { state: true } };

  constructor() {
    super();
    new StoreController(this, notifications);
  }

  render() {
    const isPossible = notifications.state === "on" || notifications.state === "off";
    return html`
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          .checked=${notifications.state === "on"}
          ?disabled=${!isPossible || this.isBusy}
          aria-describedby="notification-reason"
          @change=${this.#toggle}
        />
        Notify me of new messages
      </label>
      <p class="field-hint" id="notification-reason" role="status">
        ${notifications.reason || "When nobody looks at this page."}
      </p>
    `;
  }

  async #toggle({ target }) {
    this.isBusy = true;
    try {
      await (target.checked ? notifications.enable() : notifications.disable());
    } finally {
      this.isBusy = false;
      target.checked = notifications.state === "on"; // people can say no to the browser
    }
  }
}

customElements.define("notification-switch", NotificationSwitch);
