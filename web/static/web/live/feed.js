import { page } from "./page.js";
import { Poller } from "./poller.js";
import { LiveSocket } from "./socket.js";

const MAX_FAILURES = 3;
const CONNECTING_MS = 6_000;

// Shared by all feeds, because a proxy that blocks one socket blocks all sockets.
let areSocketsBlocked = false;

/**
 * Receives updates from a WebSocket or, where WebSockets are blocked, by polling.
 *
 * While polling, it keeps trying to connect. Fires "connection", "frame" and "gone".
 */
export class Feed extends EventTarget {
  /** "connecting", "online", "reconnecting", "polling" or "offline". */
  connection = "connecting";
  /** The time of the last change to `connection`, as performance.now(). */
  connectionSince = performance.now();
  #socket;
  #poller;
  #fallbackTimer = 0;
  #listening = null;

  /** `path()` returns the path of each connection; `poll()` requests updates over REST. */
  constructor({ path, poll }) {
    super();
    this.#socket = new LiveSocket(path);
    this.#poller = new Poller(poll, () => this.#polled());
    this.#socket.addEventListener("state", () => this.#follow());
    this.#socket.addEventListener("failure", () => this.#failed());
    this.#socket.addEventListener("frame", ({ detail }) => this.#fire("frame", detail));
    this.#socket.addEventListener("gone", () => this.#fire("gone"));
  }

  start() {
    this.#listening = new AbortController();
    page.addEventListener("visible", () => this.#resetSince(), { signal: this.#listening.signal });
    this.#socket.start();
    if (areSocketsBlocked) this.#poller.start();
    else this.#pollLater();
  }

  stop() {
    this.#socket.stop();
    this.#poller.stop();
    clearTimeout(this.#fallbackTimer);
    this.#listening?.abort();
  }

  /** Poll at once, because the server refuses the socket. */
  pollOnly() {
    clearTimeout(this.#fallbackTimer);
    this.#poller.start();
  }

  send(frame) {
    return this.#socket.send(frame);
  }

  #follow() {
    if (this.#socket.state === "online") {
      areSocketsBlocked = false;
      clearTimeout(this.#fallbackTimer);
      this.#poller.stop();
    } else {
      this.#pollLater();
    }
    this.#update();
  }

  #pollLater() {
    clearTimeout(this.#fallbackTimer);
    this.#fallbackTimer = setTimeout(() => this.#poller.start(), CONNECTING_MS);
  }

  #failed() {
    if (this.#socket.failures >= MAX_FAILURES) this.#poller.start();
  }

  #polled() {
    if (this.#poller.isAnswered && this.#socket.failures >= MAX_FAILURES) areSocketsBlocked = true;
    this.#update();
  }

  /** Restart the delay after which a page that slept shows that its connection is lost. */
  #resetSince() {
    if (this.connection !== "reconnecting") return;
    this.connectionSince = performance.now();
    this.#fire("connection");
  }

  #update() {
    const { state } = this.#socket;
    if (state === "closed" && !this.#poller.isAnswered) return;
    const isPolling = this.#poller.isAnswered && !["online", "offline"].includes(state);
    this.#become(isPolling ? "polling" : state);
  }

  #become(connection) {
    if (connection === this.connection) return;
    const isStillWaiting = this.connection === "connecting" && connection === "reconnecting";
    if (!isStillWaiting) this.connectionSince = performance.now();
    this.connection = connection;
    this.#fire("connection");
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
