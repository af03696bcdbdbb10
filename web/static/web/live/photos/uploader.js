import { request } from "../../core/api.js";
import { network } from "../../core/network.js";
import { delayOf } from "../../core/retry.js";
import { withLock } from "../../core/tabs.js";
import { fetchWithProgress } from "../../core/upload.js";
import { t } from "../../text/translate.js";
import { account } from "../account.js";
import { isReady, isUploaded, reasonOf } from "../outbox-entry.js";
import { withFile } from "./files.js";
import { progress } from "./progress.js";

const REFUSED_MS = 5_000;

/**
 * Uploads the photos of an outbox in their order, one at a time and in one tab at a time.
 *
 * Each photo has an Upload-Key, so that a repeat after a lost response makes no second upload, and
 * the ids are stored in the entry. When an entry has all of them, the outbox sends it.
 */
export class PhotoUploader {
  #lock;
  #outbox;
  #isOurs;
  #ready;
  #isRunning = true;
  #isUploading = false;
  #hasMore = false;
  #timer = 0;
  // When failed entries are due again, by client_id, as performance.now().
  #dueAt = new Map();
  // Aborts the upload that is under way.
  #aborting = null;

  /** `isOurs()` resolves to whether the signed-in user is the author; `ready()` runs the sender. */
  constructor(lock, outbox, { isOurs, ready }) {
    this.#lock = `${lock}-photos`;
    this.#outbox = outbox;
    this.#isOurs = isOurs;
    this.#ready = ready;
    outbox.addEventListener("change", () => this.#aborting?.consider());
  }

  stop() {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#aborting?.abort();
  }

  /** Upload now, without waiting for the next retry. */
  wake() {
    this.#dueAt.clear();
    this.run();
  }

  /** Upload all photos that are due. */
  async run() {
    this.#hasMore = true;
    if (this.#isUploading) return;
    this.#isUploading = true;
    let pause = 0;
    while (this.#hasMore && this.#isRunning) {
      this.#hasMore = false;
      if (this.#next()) pause = await this.#uploadLocked();
    }
    this.#isUploading = false;
    this.#schedule(pause);
  }

  /** Upload under the lock; return the ms to pause if the lock was refused, else 0. */
  #uploadLocked() {
    return withLock(this.#lock, () => this.#uploadAll()).then(() => 0, () => REFUSED_MS);
  }

  /** Return the entries that wait for an upload, oldest first. */
  #waiting() {
    const isDone = (entry) => entry.state === "failed" || isReady(entry, network.now());
    return this.#outbox.all().filter((entry) => !isDone(entry));
  }

  #next() {
    const now = performance.now();
    return this.#waiting().find(({ client_id: id }) => (this.#dueAt.get(id) ?? 0) <= now);
  }

  async #uploadAll() {
    for (let entry = this.#next(); entry && this.#isRunning; entry = this.#next()) {
      await this.#uploadNextOf(entry);
    }
  }

  async #uploadNextOf(entry) {
    const photo = entry.photos.find((each) => !isUploaded(each, network.now()));
    try {
      if (!(await this.#isOurs())) return this.stop();
      const { id } = await this.#upload(photo.key, entry.client_id);
      await this.#uploaded(entry.client_id, photo.key, { id, at: network.now() });
    } catch (error) {
      progress.report(photo.key, 0);
      const now = this.#outbox.get(entry.client_id);
      if (this.#isRunning && now) await this.#failed(now, error);
    }
    return undefined;
  }

  async #upload(key, clientId) {
    const row = withFile(await account.db.get("photos", key));
    if (!row) throw Object.assign(new Error(t("photo.lost")), { code: "lost" });
    const controller = new AbortController();
    const isGone = () => !this.#outbox.get(clientId);
    this.#aborting = { abort: () => controller.abort(), consider: () => isGone() && controller.abort() };
    this.#aborting.consider();
    try {
      return await send(key, row, controller.signal);
    } finally {
      this.#aborting = null;
    }
  }

  /** Store the id of an upload in its entry, which may have changed meanwhile. */
  async #uploaded(clientId, key, upload) {
    progress.report(key, 1);
    const entry = this.#outbox.get(clientId);
    if (!entry) return;
    const photos = entry.photos.map((each) => (each.key === key ? { ...each, upload } : each));
    await this.#outbox.update({ ...entry, photos });
    if (isReady({ photos }, network.now())) this.#ready();
  }

  async #failed(entry, error) {
    if (error.isTemporary || error.status === 401) {
      const attempts = entry.attempts + 1;
      this.#dueAt.set(entry.client_id, performance.now() + delayOf(error, attempts));
      await this.#outbox.update({ ...entry, attempts });
    } else {
      const reason = error.status === 413 ? t("photo.tooLargeForServer") : reasonOf(error);
      await this.#outbox.update({ ...entry, state: "failed", error: reason });
    }
  }

  /** Run again when the next entry is due, after at least `pause` ms. */
  #schedule(pause) {
    clearTimeout(this.#timer);
    const times = this.#waiting().map(({ client_id: id }) => this.#dueAt.get(id) ?? 0);
    if (!this.#isRunning || !times.length) return;
    const delay = Math.min(...times) - performance.now();
    this.#timer = setTimeout(() => this.run(), Math.max(delay, pause));
  }
}

/** Upload a file; returns the Attachment. */
function send(key, { blob, name }, signal) {
  const form = new FormData();
  form.append("file", blob, name);
  const using = fetchWithProgress((share) => progress.report(key, share), signal);
  return request("POST", "messaging/uploads/", { form, headers: { "Upload-Key": key }, using });
}
