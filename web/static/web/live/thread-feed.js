import { getMessages } from "../core/endpoints.js";
import { Feed } from "./feed.js";

/**
 * Keep a timeline up to date by the conversation's socket, or by asking what changed `?since=`.
 *
 * Fires "change"; "incoming" for a message of the other side that came live; "synced" when nothing
 * is missing any more; "reset" when the newest page is to be loaded; "typing"; "connection"; and
 * "gone".
 */
export class ThreadFeed extends EventTarget {
  isRunning = false;
  #id;
  #timeline;
  #feed;
  // What is caught up with on opening is not news.
  #isLive = false;

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

  /** Begin from the timeline's version, which has to be known. */
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

  /** Take a message that came another way: the answer to sending it. */
  add(message) {
    this.#take([message]);
    this.#fire("change");
  }

  /** Take a read mark of one's own that came another way: the answer to setting it. */
  markRead({ upTo, readAt }) {
    this.#timeline.applyReadReceipt({ isOwn: false, upTo, readAt, version: 0 });
    this.#fire("change");
  }

  /** Ask what changed, and take it; throws ApiError. */
  async pull() {
    const since = this.#timeline.version;
    let page = await getMessages(this.#id, { since });
    this.#take(page.results);
    while (page.next) {
      page = await getMessages(this.#id, page.next);
      this.#take(page.results);
    }
    // The server's data are older than ours: they come from a backup.
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
    this.#fire("change");
  }

  #reactions = {
    new_message: ({ message }) => {
      this.#take([message]);
      this.#timeline.advanceTo(message.version);
    },
    read_receipt: (frame) => {
      if (frame.reader_id !== this.#timeline.ownId) this.#mark(frame, true);
      this.#timeline.advanceTo(frame.version);
    },
    conversation_read: (frame) => {
      this.#mark(frame, false);
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

  #mark({ up_to: upTo, read_at: readAt, version }, isOwn) {
    this.#timeline.applyReadReceipt({ isOwn, upTo, readAt, version });
  }

  #reset(version) {
    this.#timeline.reset(version);
    this.#fire("reset");
  }

  #sync() {
    this.#isLive = true;
    this.#fire("synced");
  }

  #take(messages) {
    const timeline = this.#timeline;
    const known = idsOf(timeline.messages);
    timeline.add(messages);
    if (!this.#isLive || !timeline.isLoaded) return;
    // By id alone it could not be told: one's own answer may be here before what it followed.
    const held = idsOf(timeline.messages);
    const isNew = (each) => timeline.isOthers(each) && held.has(each.id) && !known.has(each.id);
    for (const message of messages.filter(isNew)) this.#fire("incoming", message);
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function idsOf(messages) {
  return new Set(messages.map((each) => each.id));
}
