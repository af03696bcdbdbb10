import { feature, quietly } from "../core/web-storage.js";
import { getConversation } from "../core/endpoints.js";
import { session } from "../core/session.js";
import { Store } from "../core/store.js";
import { t } from "../text/translate.js";
import { account } from "./account.js";
import { inbox } from "./inbox.js";
import { showMessage, UnreadTexts } from "./message-notification.js";
import { page } from "./page.js";
import { subscribe, unsubscribe } from "./push-subscription.js";

const KEY = "notifications";
// Time for another device to mark the message as read.
const DELAY_MS = 1_000;
const NOT_FOUND = 404;

/** Notifications of new messages: by push or, where push is unavailable, from a hidden page. */
class Notifications extends Store {
  /** "unsupported", "blocked" (in the browser settings), "off" or "on". */
  state = "unsupported";
  #isPushed = false;
  // The account whose notifications these are, between start() and stop().
  #key = null;
  #wasConnected = false;
  // The unread conversations at the last change to the inbox.
  #unread = unreadIds();
  #texts = new UnreadTexts();

  constructor() {
    super();
    inbox.addEventListener("arrived", ({ detail }) => this.#arrived(detail.conversation.id));
    inbox.addEventListener("change", () => this.#follow());
    session.beforeSignOut(() => unsubscribe());
  }

  /**
   * The reason that notifications are unavailable or limited, as a text; otherwise "".
   *
   * Its texts are among those that `loadLater` loads.
   */
  get reason() {
    if (this.state === "unsupported") return t("notifications.unsupported");
    if (this.state === "blocked") return t("notifications.blocked");
    return this.state === "on" && !this.#isPushed ? t("notifications.openOnly") : "";
  }

  /** Apply this device's earlier choice, without a permission prompt. */
  async start() {
    const { key, db } = account;
    const isWanted = (await db.get("kv", KEY)) !== "off";
    if (key !== account.key) return;
    this.#key = key;
    this.#follow();
    if (isWanted && permitted() === "on") await this.#turnOn();
    else this.#become(permitted() === "on" ? "off" : permitted());
  }

  /** Close all notifications, and unsubscribe, for the next user of the device. */
  async stop() {
    this.#isPushed = this.#wasConnected = false;
    this.#key = null;
    this.#become("unsupported");
    await this.#close(() => true);
    await unsubscribe();
  }

  /** Turn notifications on, with a permission prompt; browsers require a click. */
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

  // Notifications from this page
  // ------------------------------------------------------------------------------
  get #isDue() {
    return this.state === "on" && !this.#isPushed && !page.isVisible;
  }

  #arrived(conversationId) {
    if (!this.#isDue || !inbox.isLeader) return;
    setTimeout(() => this.#show(inbox.get(conversationId)), DELAY_MS);
  }

  async #show(conversation) {
    if (!this.#isDue || !conversation?.unread_count) return;
    await showMessage(conversation, { isNew: true });
  }

  // Closing what was read
  // ------------------------------------------------------------------------------
  #follow() {
    if (this.#key === null) return;
    this.#closeRead();
    for (const each of this.#texts.follow(inbox.conversations)) this.#replace(each);
    const isConnected = ["online", "polling"].includes(inbox.connection);
    const hasConnected = isConnected && !this.#wasConnected;
    this.#wasConnected = isConnected;
    if (hasConnected) this.#closeReadBefore();
  }

  /** Close notifications of conversations that were read, here or on another device. */
  #closeRead() {
    const before = this.#unread;
    this.#unread = unreadIds();
    // The unread count is not enough: after a reconnect it arrives before the conversations.
    if (before.every((id) => this.#unread.includes(id))) return;
    this.#close((notification) => inbox.get(idOf(notification))?.unread_count === 0);
  }

  /** Close notifications of conversations that were read, or ended, before this page was connected. */
  async #closeReadBefore() {
    const key = this.#key;
    for (const notification of await listShown()) {
      const isOver = await isOverOnServer(notification);
      if (key !== this.#key) return;
      // A push can have replaced it meanwhile. To close the old one would close the new one.
      if (isOver) await this.#close((each) => contentOf(each) === contentOf(notification));
    }
  }

  /** Show the newest text in the place of an earlier one, and none of a deleted message. */
  async #replace(conversation) {
    const key = this.#key;
    const isShown = (await listShown()).some((each) => idOf(each) === conversation.id);
    if (!isShown || key !== this.#key) return;
    if (conversation.last_message_kind !== "deleted") return showMessage(conversation, { isNew: false });
    await this.#close((each) => idOf(each) === conversation.id);
  }

  async #close(isDue) {
    for (const notification of await listShown()) if (isDue(notification)) notification.close();
  }

  #become(state) {
    this.state = state;
    this.changed();
  }
}

function unreadIds() {
  return inbox.conversations.filter((each) => each.unread_count > 0).map(({ id }) => id);
}

async function listShown() {
  const registration = await quietly(() => navigator.serviceWorker?.getRegistration());
  return (await quietly(() => registration?.getNotifications())) ?? [];
}

/** Return the id of a notification's conversation, or NaN. */
function idOf({ data }) {
  return Number(data?.path?.split("/").at(-1));
}

/**
 * Ask the server whether the messages of a notification are read, or one was deleted since it was composed: the
 * list may not have the conversation.
 */
async function isOverOnServer(notification) {
  const id = idOf(notification);
  if (!id) return false;
  const failed = ({ status }) => ({ unread_count: status === NOT_FOUND ? 0 : 1 });
  const row = await getConversation(id).catch(failed);
  if (row.deleted_version > notification.data.deletedVersion) return true;
  return row.is_archived || row.unread_count === 0 || row.last_message_kind === "deleted";
}

function contentOf({ tag, body, data }) {
  return JSON.stringify([tag, body, data]);
}

/** Return the browser's permission as a state. */
function permitted() {
  if (!globalThis.Notification || !feature("serviceWorker", navigator)) return "unsupported";
  return { granted: "on", denied: "blocked", default: "off" }[Notification.permission];
}

export const notifications = new Notifications();
