import { getMessages } from "../core/endpoints.js";
import { account } from "./account.js";
import { inbox } from "./inbox.js";
import { workerRegistration } from "./push-subscription.js";

const KEY = "deletions";
const PAGE_SIZE = 20;

let current = null;

/** Delete what this device has of deleted messages, as soon as the list knows of a deletion. */
export function followDeletions() {
  current?.stop();
  current = new Deletions(account);
}

/**
 * Follows the versions at which conversations lost a message.
 *
 * A cached thread from before such a version is replaced by the newest messages or, without a network,
 * deleted, and so are the photos in the cache of the service worker. One tab does this for all.
 */
class Deletions {
  #db;
  #key;
  // The version of the last deletion that was followed, by conversation; stored on the device.
  #followed = null;
  #work = Promise.resolve();
  #listening = new AbortController();

  constructor({ db, key }) {
    this.#db = db;
    this.#key = key;
    const { signal } = this.#listening;
    const follow = () => this.#follow([...inbox.conversations, ...inbox.archived.conversations]);
    inbox.addEventListener("change", follow, { signal });
    inbox.addEventListener("updated", ({ detail }) => this.#follow([detail]), { signal });
    follow();
  }

  stop() {
    this.#listening.abort();
  }

  #follow(rows) {
    if (this.#key !== account.key || !inbox.isLeader) return;
    const due = rows.filter(({ id, deleted_version: version }) => version > (this.#followed?.get(id) ?? 0));
    if (due.length) this.#work = this.#work.then(() => this.#followAll(due));
  }

  async #followAll(rows) {
    this.#followed ??= new Map(await this.#db.get("kv", KEY));
    const isDue = ({ id, deleted_version: version }) => version > (this.#followed.get(id) ?? 0);
    const due = rows.filter(isDue);
    if (!due.length) return;
    forgetPhotos();
    for (const row of due) await this.#renew(row);
    for (const { id, deleted_version: version } of due) this.#followed.set(id, version);
    await this.#db.put("kv", [...this.#followed], KEY);
  }

  /** Replace a cached thread by the newest page, which is requested after the version of the row was known. */
  async #renew(row) {
    const { id, version } = row;
    const snapshot = await this.#db.get("threads", id);
    if (!(snapshot?.version < row.deleted_version)) return;
    await this.#db.delete("threads", id);
    const page = await getMessages(id, { before: Number.MAX_SAFE_INTEGER, limit: PAGE_SIZE }).catch(() => null);
    const isThere = this.#listening.signal.aborted || (await this.#db.get("threads", id));
    if (!page || isThere) return;
    const messages = [...page.results].reverse();
    await this.#db.put("threads", { id, conversation: row, messages, hasOlder: page.next !== null, version });
  }
}

async function forgetPhotos() {
  (await workerRegistration())?.active?.postMessage({ type: "FORGET_PHOTOS" });
}
