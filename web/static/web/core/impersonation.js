import { AccessToken, signedOutError } from "./access-token.js";
import { getMe } from "./endpoints.js";
import { storedImpersonation } from "./web-storage.js";

const FRESH_SECONDS = 60;
const RETRY_MS = 3_000;

/** A trainer's read-only session as a trainee, in this tab only; its token is never refreshed. */
export class Impersonation {
  /** The impersonated user, once loaded. */
  user = null;
  /** Why it could not be loaded yet, or null. */
  error = null;
  #token;

  /** Return this tab's impersonation, or null. */
  static restore() {
    const stored = storedImpersonation.read();
    return stored && new Impersonation(stored);
  }

  /** Start impersonating, as the trainer `by`; reloads the page. */
  static begin({ access }, by) {
    const { expiresAt } = new AccessToken(access);
    storedImpersonation.write({ access, expiresAt, by });
    location.assign("/messages");
  }

  constructor({ access, expiresAt, by }) {
    this.#token = new AccessToken(access, expiresAt);
    this.by = by;
  }

  /**
   * Load the user; calls `onChange(user)` then, and `onChange(null)` after each failure.
   *
   * Tries every 3 s until the server responds.
   */
  async load(onChange) {
    try {
      this.user = await getMe();
      this.error = null;
    } catch (error) {
      // A 401 has already ended the impersonation.
      if (error.status === 401) return;
      this.error = error;
      setTimeout(() => this.load(onChange), RETRY_MS);
    }
    onChange(this.user);
  }

  /** Return the token, or leave if it has expired; throws ApiError. */
  accessToken() {
    return this.#token.isValidFor(FRESH_SECONDS) ? this.#token.value : this.refuse();
  }

  /** Leave because the server rejects the token; throws ApiError. */
  refuse() {
    this.leave();
    throw signedOutError();
  }

  /**
   * Return to the trainer's own session on a new page.
   *
   * Sockets can be refused before `endImpersonation` gets its response; both cases call this.
   */
  leave() {
    storedImpersonation.write(null);
    location.assign(this.user ? `/trainees/${this.user.id}` : "/");
  }
}
