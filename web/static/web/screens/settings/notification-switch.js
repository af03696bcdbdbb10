import { html } from "lit";
import { StoreController } from "../../core/store.js";
import { notifications } from "../../live/notifications.js";
import { t } from "../../text/translate.js";
import { Element } from "../../ui/element.js";

/** Turn notifications on this device on or off, or explain why they are unavailable. */
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
        ${t("notifications.label")}
      </label>
      <p class="field-hint" id="notification-reason" role="status">
        ${notifications.reason || t("notifications.background")}
      </p>
    `;
  }

  async #toggle({ target }) {
    this.isBusy = true;
    try {
      await (target.checked ? notifications.enable() : notifications.disable());
    } finally {
      this.isBusy = false;
      target.checked = notifications.state === "on"; // the user can deny the browser's prompt
    }
  }
}

customElements.define("notification-switch", NotificationSwitch);
