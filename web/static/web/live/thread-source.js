import { getMessages } from "../core/endpoints.js";
import { account } from "./account.js";
import { jittered } from "./backoff.js";
import { inbox } from "./inbox.js";
import { NewestPage, PAGE_SIZE } from "./newest-page.js";
import { ThreadCache } from "./thread-cache.js";
import { ThreadFeed } from "./thread-feed.js";
import { Timeline } from "./timeline.js";

const NOT_FOUND = 404;
const TRY_AGAIN_MS = 5_000;

/**
 * Open one conversation, keep its timeline live, and know whether it can be seen and written to.
 *
 * Fires "change".
 */
export class ThreadSource extends EventTarget {
  status = "loading";
  conversation = null;
  timeline = new Timeline(account.userId);
  #id;
  #cache;
  #isClosed = false;
  // The version with which it ended; a later one is a re-opened conversation.
  #endedAt = 0;
  #isEnding = false;
  #newest;
  #wasConnected = false;

  constructor(id) {
    super();
    this.#id = id;
    this.feed = new ThreadFeed(id, this.timeline);
    this.#newest = new NewestPage(id, this.timeline);
    this.#cache = new ThreadCache(id, () => this.#snapshot());
    this.feed.addEventListener("change", () => this.#changed());
    this.feed.addEventListener("synced", () => this.#loadIfDue());
    this.feed.addEventListener("reset", () => this.#restart());
    this.feed.addEventListener("gone", () => this.#end());
  }

  async open() {
    const kept = await this.#cache.read();
    if (this.#isClosed) return;
    if (kept) {
      this.timeline.restore(kept);
      this.conversation = kept.conversation;
      this.#become(kept.conversation.is_archived ? "archived" : "ready");
    }
    await this.#load();
  }

  async retry() {
    if (this.status === "error") this.#become("loading");
    await this.#load();
  }

  async loadOlder() {
    const before = this.timeline.messages[0].id;
    const page = await getMessages(this.#id, { before, limit: PAGE_SIZE });
    // A reset may have begun the history anew.
    if (this.timeline.messages[0]?.id === before) this.timeline.addOlder(page);
    this.#changed();
  }

  close() {
    this.#isClosed = true;
    this.feed.stop();
    this.#cache.close();
  }

  // Loading
  // ------------------------------------------------------------------------------
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

  /** A page that is asked for from now on and the changes after this version leave nothing out. */
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
  }

  async #attempt(work) {
    try {
      await work();
    } catch (error) {
      if (error.status === NOT_FOUND) this.#become("gone");
      else if (!this.timeline.isLoaded && this.status === "loading") this.#become("error");
    }
  }

  // Ending, and beginning again
  // ------------------------------------------------------------------------------
  /** Follow how the list has the conversation. */
  follow() {
    const row = inbox.get(this.#id);
    if (row && row !== this.conversation) this.#followRow(row);
    // A socket is closed when there is nothing more to see; without one only the list can tell.
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

  /** Find out why there is nothing more to see: the socket cannot tell archived from unknown. */
  async #end() {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.feed.stop();
    this.#endedAt = Math.max(this.conversation.version, this.timeline.version);
    try {
      await this.feed.pull();
      await inbox.retry();
      this.#settle(await inbox.locate(this.#id));
    } catch (error) {
      if (error.status === NOT_FOUND) this.#become("gone");
      else setTimeout(() => this.#isClosed || this.#end(), jittered(TRY_AGAIN_MS));
    }
    this.#isEnding = false;
  }

  #settle(row) {
    if (this.#isClosed) return;
    if (row && !row.is_archived) {
      // It can be read, and the server wants no socket: perhaps from this origin.
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
    if (status === "gone") this.#leave();
    this.#changed();
  }

  /** Keep nothing of what may not be seen any more, and have the list know it too. */
  #leave() {
    this.feed.stop();
    this.#cache.forget();
    inbox.retry();
  }

  #changed() {
    if (this.#isClosed) return;
    if (this.status !== "gone") this.#cache.save();
    this.dispatchEvent(new Event("change"));
  }

  #snapshot() {
    const { timeline, conversation } = this;
    if (!timeline.isLoaded || timeline.version === null || !conversation) return null;
    return { conversation, ...timeline.snapshot() };
  }
}
