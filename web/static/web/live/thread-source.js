import { account } from "./account.js";
import { jittered } from "../core/retry.js";
import { HistoryPages } from "./history-pages.js";
import { inbox } from "./inbox.js";
import { NewestPage } from "./newest-page.js";
import { ThreadCache } from "./thread-cache.js";
import { ThreadFeed } from "./thread-feed.js";
import { Timeline } from "./timeline.js";

const NOT_FOUND = 404;
const RETRY_MS = 5_000;

/** Loads one conversation, keeps its timeline live, and tracks the access. Fires "change". */
export class ThreadSource extends EventTarget {
  status = "loading";
  /** Why the last load failed, or null. */
  error = null;
  conversation = null;
  timeline = new Timeline(account.userId);
  #id;
  #cache;
  #isClosed = false;
  // The version at which access ended; a later version means that the conversation was reopened.
  #endedAt = 0;
  #isEnding = false;
  #newest;
  #wasConnected = false;

  constructor(id) {
    super();
    this.#id = id;
    this.feed = new ThreadFeed(id, this.timeline);
    this.#newest = new NewestPage(id, this.timeline);
    this.pages = new HistoryPages(id, this.timeline, () => this.#changed());
    this.#cache = new ThreadCache(id, () => this.#snapshot());
    this.feed.addEventListener("change", ({ detail }) => this.#changed(detail?.isUrgent));
    this.feed.addEventListener("synced", () => this.#loadIfDue());
    this.feed.addEventListener("reset", () => this.#restart());
    this.feed.addEventListener("gone", () => this.#end());
  }

  async open() {
    const snapshot = await this.#cache.read(() => inbox.get(this.#id));
    if (this.#isClosed) return;
    if (snapshot) {
      this.timeline.restore(snapshot);
      this.conversation = snapshot.conversation;
      this.#become(snapshot.conversation.is_archived ? "archived" : "ready");
    }
    await this.#load();
  }

  /** Reload; with `isQuiet` an error stays visible until the response. */
  async retry({ isQuiet = false } = {}) {
    if (this.status === "error" && !isQuiet) this.#become("loading");
    await this.#load();
  }

  close() {
    this.#isClosed = true;
    this.feed.stop();
    this.#cache.close();
  }

  // Loading
  async #load() {
    await this.#attempt(async () => {
      this.conversation = inbox.get(this.#id) ?? this.conversation;
      this.conversation ??= await inbox.locate(this.#id);
      if (this.#isClosed) return;
      if (!this.conversation) this.#become("gone");
      else if (this.conversation.is_archived) await this.#loadArchived();
      else await this.#goLive();
    });
  }

  /** Start the feed first, so that there is no gap between it and the page. */
  async #goLive() {
    this.timeline.version ??= this.conversation.version;
    this.feed.start();
    if (!this.timeline.isLoaded) await this.#newest.load();
    this.#become("ready");
  }

  async #loadArchived() {
    this.timeline.version ??= this.conversation.version;
    this.#endedAt = this.conversation.version;
    if (this.timeline.isLoaded) await this.feed.pull();
    else await this.#newest.load();
    this.#become("archived");
  }

  async #loadIfDue() {
    if (this.timeline.isLoaded || this.#isEnding) return;
    await this.#attempt(async () => {
      await this.#newest.load();
      this.#become("ready");
    });
  }

  #restart() {
    this.#newest.invalidate();
    this.#loadIfDue();
    this.pages.refresh().catch(() => {}); // what is shown stays
  }

  async #attempt(work) {
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
      const isOpening = !this.timeline.isLoaded && this.status === "loading";
      if (error.status === NOT_FOUND) this.#become("gone");
      else this.#become(isOpening ? "error" : this.status);
    }
  }

  // End and reopening
  /** Apply the list's state of the conversation. */
  follow() {
    const row = inbox.get(this.#id);
    if (row && row !== this.conversation) this.#followRow(row);
    // The server closes the socket when access ends. Without a socket, only the list shows the end.
    if (!row && this.status === "ready" && inbox.isPolled) this.#end();
    const isConnected = ["online", "polling"].includes(inbox.connection);
    if (isConnected && !this.#wasConnected && this.status === "error") this.retry();
    this.#wasConnected = isConnected;
  }

  #followRow(row) {
    this.conversation = row;
    const hasEnded = this.status === "archived" || this.status === "gone";
    if (row.is_archived && this.status === "ready") this.#end();
    else if (hasEnded && !row.is_archived && row.version > this.#endedAt) this.#load();
    this.#changed();
  }

  /** Find out why access ended; the close code does not distinguish archived from not found. */
  async #end() {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.feed.stop();
    try {
      await this.feed.pull();
      await inbox.retry();
      this.#settle(await inbox.locate(this.#id));
    } catch (error) {
      if (error.status === NOT_FOUND) this.#become("gone");
      else setTimeout(() => this.#isClosed || this.#end(), jittered(RETRY_MS));
    }
    this.#isEnding = false;
  }

  #settle(row) {
    if (this.#isClosed) return;
    if (row && !row.is_archived) {
      // The user may read it, but the server refuses the socket, perhaps because of the origin.
      this.feed.pollOnly();
    } else {
      this.conversation = row ?? { ...this.conversation, is_archived: true };
      this.#endedAt = Math.max(this.conversation.version, this.timeline.version);
      this.#become("archived");
    }
  }

  #become(status) {
    if (this.#isClosed) return;
    this.status = status;
    if (status === "gone") this.#accessLost();
    this.#changed();
  }

  /** Delete the cache, and reload the list. */
  #accessLost() {
    this.#endedAt = Math.max(this.conversation?.version ?? 0, this.timeline.version);
    this.feed.stop();
    this.#cache.forget();
    inbox.retry();
  }

  #changed(isUrgent = false) {
    if (this.#isClosed) return;
    if (this.status !== "gone") this.#cache.save({ isUrgent });
    this.dispatchEvent(new Event("change"));
  }

  #snapshot() {
    const { timeline, conversation } = this;
    if (!timeline.isLoaded || timeline.version === null || !conversation) return null;
    return { conversation, ...timeline.snapshot() };
  }
}
