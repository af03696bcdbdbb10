import { openDatabase } from "../core/database.js";
import { session } from "../core/session.js";

/** Whose data moves here now, and where this device keeps it. */
class Account {
  #db = null;
  // Whose it is; undefined while none is open, as null is nobody.
  #key;

  /** Differs for each user, and for a look through the user's account; null for nobody. */
  get key() {
    if (session.state !== "signed-in" || !session.user) return null;
    return `${session.user.id}${session.isImpersonating ? "-looked-through" : ""}`;
  }

  get userId() {
    return session.user?.id ?? null;
  }

  /** Tell whether nothing may be changed: no message, no read mark, no typing. */
  get isReadOnly() {
    return session.isImpersonating;
  }

  /** Tell whether this account's tabs work together and keep what they have. */
  get isShared() {
    return session.persistent;
  }

  /** Return this account's database, which is another one as soon as the account is. */
  get db() {
    if (this.#key !== this.key) {
      this.#db?.close();
      this.#db = openDatabase(this.userId, { persistent: this.isShared && this.key !== null });
      this.#key = this.key;
    }
    return this.#db;
  }

  /** Be done with it: who signs in next may be the same person, and it may be deleted by then. */
  close() {
    this.#db?.close();
    this.#db = null;
    this.#key = undefined;
  }
}

export const account = new Account();
