import { AccessToken } from "./access.js";
import { ApiError } from "./api.js";
import { inTurn } from "./cookie.js";
import { refreshSession } from "./endpoints.js";
import { network } from "./network.js";

const FRESH_SECONDS = 60;
const RETRY_MS = 30_000;

/**
 * Keep one access token fresh by the cookie.
 *
 * `onRenewed(token)` hears of each new one, `onRefused(error)` of a session that is over.
 */
export class Renewal {
  token = null;
  /** Which sign-in of this page it is, by number. */
  session = 0;
  #underWay = null;
  #timer = 0;
  #dueAt = Infinity;
  #onRenewed;
  #onRefused;

  constructor({ onRenewed, onRefused }) {
    this.#onRenewed = onRenewed;
    this.#onRefused = onRefused;
    document.addEventListener("visibilitychange", () => this.#wake());
    addEventListener("pageshow", () => this.#wake());
    network.addEventListener("online", () => this.#wake());
  }

  /** Take a token, and renew it when three quarters of its life are over. */
  adopt(access) {
    this.token = new AccessToken(access);
    this.#schedule(((this.token.expiresAt - Date.now()) * 3) / 4);
    this.#onRenewed(this.token);
  }

  drop() {
    clearTimeout(this.#timer);
    this.session += 1;
    this.#dueAt = Infinity;
    this.token = null;
  }

  /** Return a token that is good for at least a minute; throws ApiError. */
  async fresh() {
    if (!this.token?.lasts(FRESH_SECONDS)) await this.renew();
    return this.token.value;
  }

  /** Renew now, once for all who ask meanwhile, and one tab after the other; throws ApiError. */
  renew() {
    const { session } = this;
    this.#underWay ??= inTurn(() => this.#renew(session)).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #renew(session) {
    // Somebody signed out while this waited for its turn.
    if (session !== this.session) throw signedOut();
    const { access } = await refreshSession().catch((error) => this.#failed(error, session));
    // Or while the answer was on its way.
    if (session !== this.session) throw signedOut();
    this.adopt(access);
  }

  #failed(error, session) {
    if (session === this.session && !isPassing(error)) this.#onRefused(error);
    throw error;
  }

  #schedule(delay) {
    clearTimeout(this.#timer);
    this.#dueAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.#renewQuietly(), Math.max(delay, 1000));
  }

  #renewQuietly() {
    this.renew().catch((error) => {
      if (isPassing(error) && this.token) this.#schedule(RETRY_MS);
    });
  }

  /** Renew what fell due while the device slept, and timers with it. */
  #wake() {
    const isDue = this.token && Date.now() >= this.#dueAt;
    if (isDue && document.visibilityState === "visible") this.#renewQuietly();
  }
}

/** Make the error of who asks for a token without being signed in. */
export function signedOut() {
  return new ApiError({ status: 401, code: "not_authenticated", message: "You are signed out." });
}

function isPassing(error) {
  return error.isTemporary || error.status === 429;
}
