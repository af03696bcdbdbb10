import { session } from "../core/session.js";
import { Store } from "../core/store.js";
import { fullName } from "../text/names.js";
import { account } from "./account.js";
import { inbox } from "./inbox.js";
import { page } from "./page.js";
import { subscribe, unsubscribe, workerRegistration } from "./push-subscription.js";

const KEY = "notifications";
// Time for another device, where somebody looks, to mark the message as read.
const TACT_MS = 1_000;
const REASONS = {
  unsupported: "This browser has no notifications.",
  blocked: "Notifications of this site are blocked in the settings of the browser.",
};

/** Tell of new messages while nobody looks: pushed or, where that cannot be, from a hidden page. */
class Notifications extends Store {
  /** "unsupported", "blocked" (by the browser's settings), "off" or "on". */
  state = "unsupported";
  #isPushed = false;
  // The conversations with something to read, as they stood at the last look.
  #unread = unreadIds();

  constructor() {
    super();
    inbox.addEventListener("arrived", ({ detail }) => this.#arrived(detail.conversation.id));
    inbox.addEventListener("change", () => this.#takeDown());
    session.beforeSignOut(() => unsubscribe());
  }

  /** A sentence for people about what they cannot have, or "". */
  get reason() {
    if (this.state !== "on" || this.#isPushed) return REASONS[this.state] ?? "";
    return "They come while a page of this app is open: there is no push service.";
  }

  /** Take up what was chosen on this device before; asks nothing. */
  async start() {
    const { key, db } = account;
    const isWanted = (await db.get("kv", KEY)) !== "off";
    if (key !== account.key) return;
    if (isWanted && permitted() === "on") await this.#turnOn();
    else this.#become(permitted() === "on" ? "off" : permitted());
  }

  /** Show nothing any more, on a device that somebody else may use next. */
  async stop() {
    this.#isPushed = false;
    this.#become("unsupported");
    await this.#close(() => true);
    await unsubscribe();
  }

  /** Turn notifications on, asking for permission: browsers want this to come from a click. */
  async enable() {
    await globalThis.Notification?.requestPermission();
    if (permitted() !== "on") return this.#become(permitted());
    account.db.put("kv", "on", KEY);
    return this.#turnOn();
  }

  async disable() {
    this.#isPushed = false;
    this.#become("off");
    account.db.put("kv", "off", KEY);
    await unsubscribe();
  }

  async #turnOn() {
    const { key } = account;
    this.#become("on");
    const isPushed = await subscribe();
    if (key !== account.key || this.state !== "on") return;
    this.#isPushed = isPushed;
    this.changed();
  }

  // What is shown from this page
  // ------------------------------------------------------------------------------
  get #isDue() {
    return this.state === "on" && !this.#isPushed && !page.isVisible;
  }

  #arrived(conversationId) {
    if (!this.#isDue || !inbox.isLeader) return;
    setTimeout(() => this.#show(inbox.get(conversationId)), TACT_MS);
  }

  async #show(conversation) {
    if (!this.#isDue || !conversation?.unread_count) return;
    const { trainer, trainee, last_message_preview: body, id } = conversation;
    const other = trainer.id === account.userId ? trainee : trainer;
    const registration = await workerRegistration();
    // As the service worker shows what is pushed: each takes the other's place.
    await registration?.showNotification(fullName(other), {
      body,
      tag: `conversation-${id}`,
      renotify: true,
      icon: other.profile_image ?? undefined,
      data: { path: `/messages/${id}` },
    });
  }

  /** Take down what was read, here or on another device. */
  #takeDown() {
    const before = this.#unread;
    this.#unread = unreadIds();
    // Not by the badge: with a new connection that comes before how its conversations stand.
    const areUnread = before.every((id) => this.#unread.includes(id));
    if (areUnread || this.state !== "on") return;
    const idOf = ({ data }) => Number(data?.path?.split("/").at(-1));
    this.#close((notification) => inbox.get(idOf(notification))?.unread_count === 0);
  }

  async #close(isDue) {
    const registration = await navigator.serviceWorker?.getRegistration();
    const shown = (await registration?.getNotifications?.()) ?? [];
    for (const notification of shown) if (isDue(notification)) notification.close();
  }

  #become(state) {
    this.state = state;
    this.changed();
  }
}

function unreadIds() {
  return inbox.conversations.filter((each) => each.unread_count > 0).map(({ id }) => id);
}

/** Return what the browser allows, as a state. */
function permitted() {
  if (!globalThis.Notification || !navigator.serviceWorker) return "unsupported";
  return { granted: "on", denied: "blocked", default: "off" }[Notification.permission];
}

export const notifications = new Notifications();
