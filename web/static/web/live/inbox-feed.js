import { account } from "./account.js";
import { Feed } from "./feed.js";
import { newId } from "./outbox-entry.js";
import { Leadership } from "./locks.js";
import { page } from "./page.js";
import { TabChannel } from "../core/tabs.js";

const PATH = "/ws/messaging/?newest=true";

/**
 * Shares the inbox socket with all tabs of this browser; only the leader has a socket.
 *
 * The visible tab leads. Fires "frame", "connection" and "synced". "synced" is fired after each
 * connect and on joining a leader. Frames may have been missed then, so the list must be loaded.
 */
export class InboxFeed extends EventTarget {
  connection = "connecting";
  connectionSince = performance.now();
  #feed = null;
  #poll;
  #unreadCount = null;
  #channel;
  #leadership;
  #listening = new AbortController();

  /** `poll()` requests updates over REST when sockets are blocked. */
  constructor(poll) {
    super();
    this.#poll = poll;
    const name = `inbox-${account.key}`;
    this.#channel = new TabChannel(name, { isAlone: !account.isShared });
    this.#channel.addEventListener("message", ({ data }) => this.#receive(data));
    // An impersonating tab shares nothing: with a unique name it always leads.
    const lock = account.isShared ? name : `${name}-${newId()}`;
    this.#leadership = new Leadership(lock, (isLeader) => this.#changed(isLeader));
  }

  get isLeader() {
    return this.#leadership.isLeader;
  }

  start() {
    const { signal } = this.#listening;
    // A tab that is restored in the background does not take over.
    const campaign = () => this.#leadership.campaign({ steal: page.isVisible });
    page.addEventListener("visible", campaign, { signal });
    // The next page can be in the same process, and must not wait for this one.
    page.addEventListener("left", () => this.#leadership.stop(), { signal });
    campaign();
    if (!this.isLeader) this.#channel.post({ type: "hello" });
  }

  stop() {
    this.#listening.abort();
    this.#leadership.stop();
    this.#channel.close();
  }

  /** Dispatch a frame in all tabs. */
  share(frame) {
    this.#broadcast({ type: "frame", frame });
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
      this.#broadcast({ type: "connection", ...stateOf(feed) });
    });
    feed.addEventListener("frame", ({ detail }) => this.share(detail));
    return feed;
  }

  /** Handle a message in this tab and in all others. */
  #broadcast(message) {
    this.#receive(message);
    this.#channel.post(message);
  }

  #welcome() {
    if (!this.isLeader) return;
    this.#channel.post({ type: "welcome", ...stateOf(this), unreadCount: this.#unreadCount });
  }

  // As any tab
  // ------------------------------------------------------------------------------
  #receive(message) {
    if (message.type === "hello") this.#welcome();
    else if (message.type === "frame") this.#dispatch(message.frame);
    else if (message.type === "connection") this.#follow(message);
    else if (message.type === "welcome" && !this.isLeader) this.#join(message);
  }

  #dispatch(frame) {
    if (frame.type === "unread_count") this.#unreadCount = frame.unread_count;
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  /** Adopt the leader's state, and fire "synced" to have the list loaded. */
  #join({ connection, elapsed, unreadCount }) {
    Object.assign(this, { connection, connectionSince: performance.now() - elapsed });
    if (unreadCount !== null) this.#dispatch({ type: "unread_count", unread_count: unreadCount });
    this.dispatchEvent(new Event("connection"));
    this.dispatchEvent(new Event("synced"));
  }

  #follow({ connection, elapsed }) {
    this.connection = connection;
    this.connectionSince = performance.now() - elapsed;
    this.dispatchEvent(new Event("connection"));
    // While the leader was connecting, for example after a change of leader, no tab got frames.
    if (connection === "online") this.dispatchEvent(new Event("synced"));
  }
}

/** Return the state of a connection; `elapsed` ms, because each tab counts from its own start. */
function stateOf({ connection, connectionSince }) {
  return { connection, elapsed: performance.now() - connectionSince };
}
