import { network } from "../core/network.js";
import { session } from "../core/session.js";
import { delayAfter } from "./backoff.js";
import { Heartbeat } from "./heartbeat.js";
import { page } from "./page.js";

const OPENING_MS = 8_000;
const NOT_SIGNED_IN = 4001;
const NOT_VISIBLE = 4003;

/**
 * Keep one WebSocket open, for as long as somebody can be looking.
 *
 * Fires "state" when `state` has changed, "frame" with each frame in `detail`, and "gone" when the
 * server says that there is nothing to see here; then it does not come back.
 */
export class LiveSocket extends EventTarget {
  /** "connecting", "online" (a frame has come), "reconnecting", "offline" or "closed". */
  state = "connecting";
  /** Connections in a row that brought no frame. */
  failures = 0;
  #path;
  #socket = null;
  #attempt = 0;
  #isRunning = false;
  #timer = 0;
  #listening = null;
  #heart = new Heartbeat({
    ping: () => this.send({ type: "ping" }),
    onSilence: () => this.#fail(),
  });

  /** `path` is called for each connection: what to resume from is in it. */
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
    // The socket itself would not notice.
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

  /** Send a frame if the socket is open; return whether it was. */
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
    socket.addEventListener("open", whileCurrent(() => this.#heart.start()));
    socket.addEventListener("message", whileCurrent(({ data }) => this.#receive(data)));
    socket.addEventListener("close", whileCurrent(({ code }) => this.#closed(code)));
  }

  #receive(data) {
    clearTimeout(this.#timer);
    this.#heart.heard();
    this.failures = 0;
    this.#become("online");
    network.reportAnswer();
    this.dispatchEvent(new CustomEvent("frame", { detail: JSON.parse(data) }));
  }

  /** Give an open socket the new token, before the old one ends and closes it. */
  async #authenticate() {
    const token = await session.accessToken().catch(() => null);
    if (token) this.send({ type: "authenticate", token });
  }

  // Losing, and coming back
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

  /** Get a new token and return at once, or later if that did not help the last time. */
  async #signInAgain() {
    const isFirst = this.failures === 0;
    this.#drop();
    this.#lost();
    const attempt = this.#attempt;
    // The session says itself when it is over.
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

  /** Come back with backoff; a page that nobody sees waits until it is seen. */
  #connectLater() {
    if (page.isVisible) this.#timer = setTimeout(() => this.#connect(), delayAfter(this.failures));
  }

  /** Come back at once; what seems open may have died while the device slept. */
  #wake() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#heart.wake();
    else if (this.#socket?.readyState !== WebSocket.CONNECTING) this.#comeBack();
  }

  #comeBack() {
    this.failures = 0;
    if (this.state === "offline") this.#become("reconnecting");
    this.#connect();
  }

  /** Close before the page goes into the back/forward cache; "visible" brings both back. */
  #leave() {
    this.#drop();
    this.#become("reconnecting");
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#heart.stop();
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
