import { account } from "./account.js";
import { Feed } from "./feed.js";
import { newId } from "./ids.js";
import { Leadership } from "./locks.js";
import { page } from "./page.js";
import { TabChannel } from "./tab-channel.js";

const PATH = "/ws/messaging/";

/**
 * Bring the inbox socket's frames to every tab of this browser, by the one socket of the leader.
 *
 * The tab that somebody looks at leads. Fires "frame"; "connection"; and "synced" when the list has
 * to be loaded, as frames may have been missed: after each connect, also of a new leader, and on
 * joining one.
 */
export class InboxFeed extends EventTarget {
  connection = "connecting";
  connectionSince = Date.now();
  #feed = null;
  #poll;
  #unreadCount = null;
  #channel;
  #leadership;
  #listening = new AbortController();

  /** `poll` asks once over REST, where sockets are blocked. */
  constructor(poll) {
    super();
    this.#poll = poll;
    const name = `inbox-${account.key}`;
    this.#channel = new TabChannel(name, { isAlone: !account.isShared });
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
    // A look through an account is its tab's own; a name that nobody shares makes it the leader.
    const lock = account.isShared ? name : `${name}-${newId()}`;
    this.#leadership = new Leadership(lock, (isLeader) => this.#changed(isLeader));
  }

  get isLeader() {
    return this.#leadership.isLeader;
  }

  start() {
    const { signal } = this.#listening;
    // A tab can also be restored in the background, and then takes nothing over.
    const campaign = () => this.#leadership.campaign({ steal: page.isVisible });
    page.addEventListener("visible", campaign, { signal });
    // The page that comes may be in the same process, and must not have to wait for this one.
    page.addEventListener("left", () => this.#leadership.stop(), { signal });
    campaign();
    if (!this.isLeader) this.#channel.post({ type: "hello" });
  }

  stop() {
    this.#listening.abort();
    this.#leadership.stop();
    this.#channel.close();
  }

  /** Act on a frame that came another way, in every tab. */
  share(frame) {
    this.#tell({ type: "frame", frame });
  }

  // As the leader
  // ------------------------------------------------------------------------------
  #changed(isLeader) {
    this.#feed?.stop();
    this.#feed = isLeader ? this.#open() : null;
    this.#feed?.start();
  }

  #open() {
    const feed = new Feed({ path: () => PATH, poll: this.#poll });
    feed.addEventListener("connection", () => {
      this.#tell({ type: "connection", connection: feed.connection, since: feed.connectionSince });
    });
    feed.addEventListener("frame", ({ detail }) => this.#tell({ type: "frame", frame: detail }));
    return feed;
  }

  /** Act on news oneself, and pass them on. */
  #tell(news) {
    this.#hear(news);
    this.#channel.post(news);
  }

  #welcome() {
    if (!this.isLeader) return;
    const { connection, connectionSince: since } = this;
    this.#channel.post({ type: "welcome", connection, since, unreadCount: this.#unreadCount });
  }

  // As any tab
  // ------------------------------------------------------------------------------
  #hear(news) {
    if (news.type === "hello") this.#welcome();
    else if (news.type === "frame") this.#receive(news.frame);
    else if (news.type === "connection") this.#follow(news);
    else if (news.type === "welcome" && !this.isLeader) this.#join(news);
  }

  #receive(frame) {
    if (frame.type === "unread_count") this.#unreadCount = frame.unread_count;
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  /** Take over how things stand from the leader, and have the list loaded. */
  #join({ connection, since, unreadCount }) {
    Object.assign(this, { connection, connectionSince: since });
    if (unreadCount !== null) this.#receive({ type: "unread_count", unread_count: unreadCount });
    this.dispatchEvent(new Event("connection"));
    this.dispatchEvent(new Event("synced"));
  }

  #follow({ connection, since }) {
    this.connection = connection;
    this.connectionSince = since;
    this.dispatchEvent(new Event("connection"));
    // The leader may be another one than before: what came while it connected reached nobody.
    if (connection === "online") this.dispatchEvent(new Event("synced"));
  }
}
