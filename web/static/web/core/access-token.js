import { t } from "../text/translate.js";
import { ApiError } from "./api.js";
import { refreshSession } from "./endpoints.js";
import { network } from "./network.js";
import { waitSeconds } from "./retry.js";
import { withCookieLock } from "./session-cookie.js";

const FRESH_SECONDS = 60;
const RETRY_MS = 30_000;

/** A JWT access token with its user, and its expiry time on this device's clock. */
export class AccessToken {
  /** Pass `expiresAt` (local ms) for a stored token; by default it is derived from the claims. */
  constructor(value, expiresAt = null) {
    const claims = claimsOf(value);
    this.value = value;
    this.userId = claims.user_id;
    // Uses the token's lifetime, because the device's clock can be off by hours.
    this.expiresAt = expiresAt ?? Date.now() + (claims.exp - claims.iat) * 1000;
  }

  /** Return whether the token stays valid for that many more seconds. */
  isValidFor(seconds) {
    return this.expiresAt - Date.now() > seconds * 1000;
  }
}

/**
 * Keeps an access token fresh with the refresh cookie.
 *
 * Calls `onRefreshed(token)` with each new token, and `onRefused(error)` once the session has
 * ended.
 */
export class TokenRefresher {
  token = null;
  /** Counts the sign-ins of this page. */
  generation = 0;
  #underWay = null;
  #timer = 0;
  #dueAt = Infinity;
  #onRefreshed;
  #onRefused;

  constructor({ onRefreshed, onRefused }) {
    this.#onRefreshed = onRefreshed;
    this.#onRefused = onRefused;
    document.addEventListener("visibilitychange", () => this.#wake());
    addEventListener("pageshow", () => this.#wake());
    network.addEventListener("online", () => this.#wake());
  }

  /** Use a token; refresh it after three quarters of its lifetime. */
  adopt(access) {
    this.token = new AccessToken(access);
    this.#schedule(((this.token.expiresAt - Date.now()) * 3) / 4);
    this.#onRefreshed(this.token);
  }

  drop() {
    clearTimeout(this.#timer);
    this.generation += 1;
    this.#dueAt = Infinity;
    this.token = null;
  }

  /** Return a token that is valid for at least a minute; throws ApiError. */
  async fresh() {
    if (!this.token?.isValidFor(FRESH_SECONDS)) await this.refresh();
    return this.token.value;
  }

  /** Refresh now. Concurrent callers share a request, and tabs take turns. Throws ApiError. */
  refresh() {
    const { generation } = this;
    this.#underWay ??= withCookieLock(() => this.#refresh(generation)).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #refresh(generation) {
    // The user signed out while this waited for the lock.
    if (generation !== this.generation) throw signedOutError();
    const { access } = await refreshSession().catch((error) => this.#failed(error, generation));
    // Or during the request.
    if (generation !== this.generation) throw signedOutError();
    this.adopt(access);
  }

  #failed(error, generation) {
    if (generation === this.generation && !error.isTemporary) this.#onRefused(error);
    throw error;
  }

  #schedule(delay) {
    clearTimeout(this.#timer);
    this.#dueAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.#refreshQuietly(), Math.max(delay, 1000));
  }

  #refreshQuietly() {
    this.refresh().catch((error) => {
      if (error.isTemporary && this.token) this.#schedule(Math.max(RETRY_MS, 1000 * waitSeconds(error)));
    });
  }

  /** Refresh a token that became due while the device slept and no timer ran. */
  #wake() {
    const isDue = this.token && Date.now() >= this.#dueAt;
    if (isDue && document.visibilityState === "visible") this.#refreshQuietly();
  }
}

/** Return the error for a token request without a session. */
export function signedOutError() {
  const message = t("error.signedOut");
  return new ApiError({ status: 401, code: "not_authenticated", message });
}

function claimsOf(value) {
  const payload = value.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(atob(payload));
}
