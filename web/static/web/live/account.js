import { Database } from "../core/database.js";
import { session } from "../core/session.js";

/** The account whose data is shown, and its database on this device. Fires "closed". */
class Account extends EventTarget {
  #db = null;
  // The key of the open database, or undefined.
  #key;

  /** Identifies the user and whether they are impersonated; null when signed out. */
  get key() {
    if (session.state !== "signed-in" || !session.user) return null;
    return `${session.user.id}${session.isImpersonating ? "-impersonated" : ""}`;
  }

  get userId() {
    return session.user?.id ?? null;
  }

  /** Return whether nothing may be sent: no message, read receipt or typing frame. */
  get isReadOnly() {
    return session.isImpersonating;
  }

  /** Return whether the tabs of this account share data and store it. */
  get isShared() {
    return session.persistent;
  }

  /** Return the database of the current account. */
  get db() {
    if (this.#key !== this.key) {
      this.#db?.close();
      this.#db = new Database(this.userId, { persistent: this.isShared && this.key !== null });
      this.#key = this.key;
    }
    return this.#db;
  }

  /** Close the database, which may be deleted before the next sign-in. */
  close() {
    this.#db?.close();
    this.#db = null;
    this.#key = undefined;
    this.dispatchEvent(new Event("closed"));
  }
}

export const account = new Account();
