import { AccessToken } from "./access.js";
import { keptLook } from "./kept.js";
import { signedOut } from "./renewal.js";

const FRESH_SECONDS = 60;

/** Look through somebody else's account, in this tab alone; its token reads and is not prolonged. */
export class Look {
  /** The Me that is looked at, as soon as it is known. */
  at = null;
  #token;

  /** Return the look that this tab is in, or null. */
  static kept() {
    const kept = keptLook.read();
    return kept && new Look(kept);
  }

  /** Begin one, as `by` (a Me); loads the page anew. */
  static begin(access, by) {
    const { expiresAt } = new AccessToken(access);
    keptLook.write({ access, expiresAt, by });
    location.assign("/messages");
  }

  constructor({ access, expiresAt, by }) {
    this.#token = new AccessToken(access, expiresAt);
    this.by = by;
  }

  /** Return its token; when that is over, leave. */
  accessToken() {
    return this.#token.lasts(FRESH_SECONDS) ? this.#token.value : this.refuse();
  }

  /** Leave because the server wants no more of it; throws ApiError. */
  refuse() {
    this.leave();
    throw signedOut();
  }

  /**
   * Be oneself again, on a page loaded anew.
   *
   * One place for both ways out: sockets lose the token before `endImpersonation` has its answer.
   */
  leave() {
    keptLook.write(null);
    location.assign(this.at ? `/trainees/${this.at.id}` : "/");
  }
}
