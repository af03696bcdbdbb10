import { getMessages } from "../core/endpoints.js";
import { Feed } from "./feed.js";
import { DELETED } from "./patches.js";

/**
 * Keeps a timeline up to date by the conversation's socket, or by polling `?since=`.
 *
 * Fires "change", with `isUrgent` in `detail` if the device has to forget a text; "incoming" for a new
 * message of the other person; "synced" when the timeline has caught up; "reset" when the newest page has
 * to be loaded; "typing"; "connection"; and "gone".
 */
export class ThreadFeed extends EventTarget {
  isRunning = false;
  #id;
  #timeline;
  #feed;
  /** Whether it has caught up once; messages before that are not "incoming". */
  isLive = false;

  constructor(id, timeline) {
    super();
    this.#id = id;
    this.#timeline = timeline;
    const path = () => `/ws/messaging/${id}/?since=${timeline.version}`;
    this.#feed = new Feed({ path, poll: () => this.#poll() });
    this.#feed.addEventListener("frame", ({ detail }) => this.#receive(detail));
    this.#feed.addEventListener("connection", () => this.#fire("connection"));
    this.#feed.addEventListener("gone", () => this.#fire("gone"));
  }

  get connection() {
    return this.#feed.connection;
  }

  get connectionSince() {
    return this.#feed.connectionSince;
  }

  /** Start from the timeline's version, which has to be set. */
  start() {
    if (this.isRunning) return;
    this.isRunning = true;
    this.#feed.start();
  }

  stop() {
    this.isRunning = false;
    this.#feed.stop();
  }

  pollOnly() {
    this.isRunning = true;
    this.#feed.pollOnly();
  }

  send(frame) {
    return this.#feed.send(frame);
  }

  /** Add a message from the response to the request that sent it. */
  add(message) {
    this.#apply([message]);
    this.#fire("change");
  }

  /** Apply the user's own read receipt from the response to the request that sent it. */
  markRead({ upTo, readAt }) {
    this.#timeline.applyReadReceipt({ isOwn: false, upTo, readAt, version: 0 });
    this.#fire("change");
  }

  /** Load and apply all changes since the version; throws ApiError. */
  async pull() {
    const since = this.#timeline.version;
    let page = await getMessages(this.#id, { since });
    this.#apply(page.results);
    while (page.next) {
      page = await getMessages(this.#id, page.next);
      this.#apply(page.results);
    }
    // The server has older data, because it was restored from a backup.
    if (page.version < since) this.#reset(page.version);
    else this.#timeline.advanceTo(page.version);
    this.#fire("change");
  }

  async #poll() {
    try {
      await this.pull();
      this.#sync();
    } catch (error) {
      if (error.status === 404) this.#fire("gone");
      else throw error;
    }
  }

  // Frames
  // ------------------------------------------------------------------------------
  #receive(frame) {
    const react = this.#reactions[frame.type];
    if (!react) return;
    react(frame);
    this.#fire("change", { isUrgent: frame.type === "message_deleted" });
  }

  #reactions = {
    new_message: ({ message }) => {
      this.#apply([message]);
      this.#timeline.advanceTo(message.version);
    },
    message_edited: ({ type: _, message_id, version, ...values }) => {
      this.#patch("edited", { message_id, version }, values);
    },
    message_reacted: ({ reactions, ...frame }) => this.#patch("reacted", frame, { reactions }),
    message_deleted: (frame) => this.#patch("deleted", frame, DELETED),
    read_receipt: (frame) => {
      if (frame.reader_id !== this.#timeline.ownId) this.#applyReceipt(frame, true);
      this.#timeline.advanceTo(frame.version);
    },
    conversation_read: (frame) => {
      this.#applyReceipt(frame, false);
      this.#timeline.advanceTo(frame.version);
    },
    pong: ({ version }) => {
      this.#timeline.advanceTo(version);
      this.#sync();
    },
    reset: ({ version }) => this.#reset(version),
    typing_indicator: ({ user_id, is_typing }) => {
      if (user_id !== this.#timeline.ownId) this.#fire("typing", is_typing);
    },
  };

  #patch(kind, { message_id, version }, values) {
    this.#timeline.patch(kind, message_id, values, version);
    this.#timeline.advanceTo(version);
  }

  #applyReceipt({ up_to: upTo, read_at: readAt, version }, isOwn) {
    this.#timeline.applyReadReceipt({ isOwn, upTo, readAt, version });
  }

  #reset(version) {
    this.#timeline.reset(version);
    this.#fire("reset");
  }

  #sync() {
    this.isLive = true;
    this.#fire("synced");
  }

  #apply(messages) {
    const timeline = this.#timeline;
    const known = idsOf(timeline.messages);
    timeline.add(messages);
    if (!this.isLive || !timeline.isLoaded) return;
    // A new message can have a lower id: the user's own message can arrive before an earlier one.
    const held = idsOf(timeline.messages);
    const isNew = ({ id, is_deleted }) => held.has(id) && !known.has(id) && !is_deleted;
    const isIncoming = (each) => timeline.isOthers(each) && isNew(each);
    for (const message of messages.filter(isIncoming)) this.#fire("incoming", message);
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function idsOf(messages) {
  return new Set(messages.map((each) => each.id));
}
