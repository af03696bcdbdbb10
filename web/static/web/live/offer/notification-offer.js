import { Store } from "../../core/store.js";
import { account } from "../account.js";
import { inbox } from "../inbox.js";
import { page } from "../page.js";
import { needsHomeScreen } from "./platform.js";

const KEY = "notification-offer";
const CHOICE = "notifications";

/**
 * Offers notifications once per account and device, after a message was sent or received.
 *
 * Not to people who have already chosen, in the browser or in the settings, nor while impersonating.
 */
class NotificationOffer extends Store {
  /** What to show: "ask"; "install", the way to the Home Screen; "blocked" after an answer; or null. */
  shown = null;
  #isDue = false;
  // The account to which the offer is shown.
  #key = null;
  #notifications = null;

  constructor() {
    super();
    page.addEventListener("visible", () => this.#show());
  }

  /** Why notifications are limited although they are on, or "". */
  get reason() {
    return this.#notifications.reason;
  }

  /** Offer notifications if there is a conversation: now, or when the page is visible. */
  offer(notifications) {
    if (!this.#notifications) notifications.addEventListener("change", () => this.#follow());
    this.#notifications = notifications;
    this.#isDue ||= inbox.conversations.some((each) => each.last_message_at);
    return this.#show();
  }

  /** Turn notifications on, with the browser's prompt; return whether they are on. */
  async accept() {
    await this.#notifications.enable();
    const { state } = this.#notifications;
    this.#become(state === "blocked" ? state : null);
    return state === "on";
  }

  /** Remove the offer; it was stored when it was shown. */
  decline() {
    this.#become(null);
  }

  async #show() {
    const { key, db } = account;
    if (!this.#isDue || this.shown) return;
    const kind = kindOfOffer(this.#notifications);
    if (!kind || !page.isVisible || account.isReadOnly) return;
    this.#isDue = false;
    const known = [await db.get("kv", KEY), await db.get("kv", CHOICE)];
    if (known.some(Boolean) || key === null || key !== account.key || this.shown) return;
    db.put("kv", "shown", KEY);
    this.#key = key;
    this.#become(kind);
  }

  /** Remove the offer if notifications were turned on in the settings, or somebody signed out. */
  #follow() {
    const isOthers = this.shown && this.#key !== account.key;
    if (isOthers || this.#notifications.state === "on") this.#become(null);
    else this.#show();
  }

  #become(shown) {
    if (shown === this.shown) return;
    this.shown = shown;
    this.changed();
  }
}

/** Return what can be offered here, or null: the browser asks only people who have not chosen. */
function kindOfOffer({ state }) {
  if (!globalThis.Notification) return needsHomeScreen() ? "install" : null;
  return state === "off" && Notification.permission === "default" ? "ask" : null;
}

export const notificationOffer = new NotificationOffer();
