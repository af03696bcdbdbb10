import { page } from "./page.js";
import { Poller } from "./poller.js";
import { LiveSocket } from "./socket.js";

const TRIES = 3;
const TRYING_MS = 6_000;

// What one feed found out spares the next the waiting: proxies that block sockets block them all.
let areSocketsBlocked = false;

/**
 * Bring what is new by a socket or, where sockets are blocked, by asking every few seconds.
 *
 * It goes on trying a socket meanwhile. Fires "connection", and the socket's "frame" and "gone".
 */
export class Feed extends EventTarget {
  /** "connecting", "online", "reconnecting", "polling" or "offline". */
  connection = "connecting";
  /** When `connection` became what it is; Date.now(). */
  connectionSince = Date.now();
  #socket;
  #poller;
  #trying = 0;
  #listening = null;

  /** `path` of the socket is called for each connection; `poll` asks once over REST. */
  constructor({ path, poll }) {
    super();
    this.#socket = new LiveSocket(path);
    this.#poller = new Poller(poll, () => this.#polled());
    this.#socket.addEventListener("state", () => this.#follow());
    this.#socket.addEventListener("failure", () => this.#consider());
    this.#socket.addEventListener("frame", ({ detail }) => this.#fire("frame", detail));
    this.#socket.addEventListener("gone", () => this.#fire("gone"));
  }

  start() {
    this.#listening = new AbortController();
    page.addEventListener("visible", () => this.#seen(), { signal: this.#listening.signal });
    this.#socket.start();
    if (areSocketsBlocked) this.#poller.start();
    else this.#giveTime();
  }

  stop() {
    this.#socket.stop();
    this.#poller.stop();
    clearTimeout(this.#trying);
    this.#listening?.abort();
  }

  /** Do without a socket that the server refuses, although there is something to see. */
  pollOnly() {
    clearTimeout(this.#trying);
    this.#poller.start();
  }

  send(frame) {
    return this.#socket.send(frame);
  }

  #follow() {
    if (this.#socket.state === "online") {
      areSocketsBlocked = false;
      clearTimeout(this.#trying);
      this.#poller.stop();
    } else {
      this.#giveTime();
    }
    this.#update();
  }

  #giveTime() {
    clearTimeout(this.#trying);
    this.#trying = setTimeout(() => this.#poller.start(), TRYING_MS);
  }

  #consider() {
    if (this.#socket.failures >= TRIES) this.#poller.start();
  }

  #polled() {
    if (this.#poller.isAnswered && this.#socket.failures >= TRIES) areSocketsBlocked = true;
    this.#update();
  }

  /** Let who comes back to a page that slept not be told at once that it has no connection. */
  #seen() {
    if (this.connection !== "reconnecting") return;
    this.connectionSince = Date.now();
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
    if (!isStillWaiting) this.connectionSince = Date.now();
    this.connection = connection;
    this.#fire("connection");
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
