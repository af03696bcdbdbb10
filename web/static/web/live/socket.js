import { network } from "../core/network.js";
import { session } from "../core/session.js";
import { delayAfter } from "../core/retry.js";
import { Heartbeat } from "./heartbeat.js";
import { page } from "./page.js";

const OPENING_MS = 8_000;
const NOT_SIGNED_IN = 4001;
const NOT_VISIBLE = 4003;

/**
 * A WebSocket that reconnects while the page is visible.
 *
 * Fires "state" when `state` has changed, "failure", "frame" with the frame in `detail`, and "gone"
 * when the server denies access; then it does not reconnect.
 */
export class LiveSocket extends EventTarget {
  /** "connecting", "online" (after a frame), "reconnecting", "offline" or "closed". */
  state = "connecting";
  /** Consecutive connections without a frame. */
  failures = 0;
  #path;
  #socket = null;
  #attempt = 0;
  #isRunning = false;
  #timer = 0;
  #listening = null;
  #heartbeat = new Heartbeat({
    ping: () => this.send({ type: "ping" }),
    onSilence: () => this.#fail(),
  });

  /** `path()` is called for each connection; it returns a path with the version to resume from. */
  constructor(path) {
    super();
    this.#path = path;
  }

  start() {
    this.#isRunning = true;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    page.addEventListener("online", () => this.#wake(), { signal });
    page.addEventListener("visible", () => this.#wake(), { signal });
    // An idle socket does not notice a lost network.
    page.addEventListener("offline", () => this.#fail(), { signal });
    page.addEventListener("left", () => this.#leave(), { signal });
    session.addEventListener("token", () => this.#authenticate(), { signal });
    this.#become(page.isOnline ? "connecting" : "offline");
    this.#connect();
  }

  stop() {
    this.#isRunning = false;
    this.#listening?.abort();
    this.#drop();
    this.#become("closed");
  }

  /** Send a frame; return false if the socket is not open. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  // Opening
  // ------------------------------------------------------------------------------
  async #connect() {
    if (!this.#isRunning) return;
    this.#drop();
    const attempt = this.#attempt;
    this.#timer = setTimeout(() => this.#fail(), OPENING_MS);
    try {
      const token = await session.accessToken();
      if (attempt === this.#attempt) this.#open(token);
    } catch {
      if (attempt === this.#attempt) this.#fail();
    }
  }

  #open(token) {
    const url = new URL(this.#path(), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, ["bearer", token]);
    this.#socket = socket;
    const whileCurrent = (react) => (event) => socket === this.#socket && react(event);
    socket.addEventListener("open", whileCurrent(() => this.#heartbeat.start()));
    socket.addEventListener("message", whileCurrent(({ data }) => this.#receive(data)));
    socket.addEventListener("close", whileCurrent(({ code }) => this.#closed(code)));
  }

  #receive(data) {
    clearTimeout(this.#timer);
    this.#heartbeat.heard();
    this.failures = 0;
    this.#become("online");
    network.reportAnswer();
    this.dispatchEvent(new CustomEvent("frame", { detail: JSON.parse(data) }));
  }

  /** Send the new token before the old one expires, which would close the socket. */
  async #authenticate() {
    const token = await session.accessToken().catch(() => null);
    if (token) this.send({ type: "authenticate", token });
  }

  // Reconnecting
  // ------------------------------------------------------------------------------
  #closed(code) {
    if (code === NOT_VISIBLE) {
      this.stop();
      this.dispatchEvent(new Event("gone"));
    } else if (code === NOT_SIGNED_IN) {
      this.#signInAgain();
    } else {
      this.#fail();
    }
  }

  /** Refresh the token, and reconnect at once or, after repeated failures, with backoff. */
  async #signInAgain() {
    const isFirst = this.failures === 0;
    this.#drop();
    this.#lost();
    const attempt = this.#attempt;
    // The session itself reports its end.
    const isRenewed = await session.refresh().then(() => true, () => false);
    if (attempt !== this.#attempt) return;
    if (isFirst && isRenewed) this.#connect();
    else this.#connectLater();
  }

  #fail() {
    this.#drop();
    this.#lost();
    this.#connectLater();
  }

  #lost() {
    this.failures += 1;
    this.#become(page.isOnline ? "reconnecting" : "offline");
    this.dispatchEvent(new Event("failure"));
  }

  /** Reconnect with backoff; a hidden page waits until it is visible. */
  #connectLater() {
    if (page.isVisible) this.#timer = setTimeout(() => this.#connect(), delayAfter(this.failures));
  }

  /** Reconnect at once, or ping: an open socket can have died while the device slept. */
  #wake() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#heartbeat.wake();
    else if (this.#socket?.readyState !== WebSocket.CONNECTING) this.#reconnect();
  }

  #reconnect() {
    this.failures = 0;
    if (this.state === "offline") this.#become("reconnecting");
    this.#connect();
  }

  /** Close before the page enters the back/forward cache; "visible" reconnects. */
  #leave() {
    this.#drop();
    this.#become("reconnecting");
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#heartbeat.stop();
    this.#attempt += 1;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
