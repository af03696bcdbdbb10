import { TabChannel } from "../../core/tabs.js";
import { Store } from "../../core/store.js";
import { account } from "../account.js";
import { newId } from "../outbox-entry.js";
import { outbox } from "../outbox.js";
import { page } from "../page.js";
import { storePhoto, withFile } from "./files.js";
import { MAX_PHOTOS } from "./plan.js";

/**
 * The chosen photos of one conversation that are not sent yet, shared by all tabs.
 *
 * They stay when the page is closed, as a written text does. A photo is `{key, draft, order, blob, name,
 * width, height}`; both sizes are 0 if this browser cannot decode the file.
 */
export class PhotoDraft extends Store {
  /** In the order in which they were chosen. */
  photos = [];
  #name;
  #channel = new TabChannel(`photo-drafts-${account.key}`, { isAlone: !account.isShared });
  #listening = new AbortController();

  /** `name` is a conversation's id, or `trainee-<id>` before there is a conversation. */
  constructor(name) {
    super();
    this.#name = String(name);
    const { signal } = this.#listening;
    this.#channel.addEventListener("message", () => this.load(), { signal });
    outbox.addEventListener("added", ({ detail }) => this.#removeQueued(detail), { signal });
    page.addEventListener("restored", () => this.load(), { signal });
    account.db.addEventListener("opened", () => this.load(), { signal });
  }

  /** How many more photos fit into the message. */
  get room() {
    return MAX_PHOTOS - this.photos.length;
  }

  /** Read the photos that this device stores for the conversation. */
  async load() {
    const rows = (await account.db.getAll("photos")).map(withFile);
    const queued = new Set(outbox.all().flatMap(({ photos = [] }) => photos.map(({ key }) => key)));
    const own = rows.filter(({ key, draft }) => draft === this.#name && !queued.has(key));
    this.#show(own.sort((a, b) => a.order - b.order));
  }

  /** Read the photos again, in all tabs. */
  async reload() {
    await this.load();
    this.#channel.post("changed");
  }

  /** Add a photo; resolves once it is stored, or kept in memory if that fails. */
  async add({ blob, name, width, height }) {
    const order = (this.photos.at(-1)?.order ?? 0) + 1;
    const photo = { key: newId(), draft: this.#name, order, blob, name, width, height };
    this.#show([...this.photos, photo]);
    await storePhoto(photo);
    this.#channel.post("changed");
  }

  async remove(key) {
    this.#show(this.photos.filter((each) => each.key !== key));
    await account.db.delete("photos", key);
    this.#channel.post("changed");
  }

  /** Return the photos for an entry of the outbox, which takes over their files. */
  take() {
    const photos = this.photos.map(({ key, width, height }) => entryPhoto({ key, width, height }));
    this.#show([]);
    return photos;
  }

  /** Move the photos to the conversation that was just created. */
  async move(name) {
    const { photos } = this;
    this.#name = String(name);
    for (const photo of photos) await storePhoto({ ...photo, draft: this.#name });
  }

  close() {
    this.#listening.abort();
    this.#channel.close();
  }

  #removeQueued({ photos = [] }) {
    const keys = new Set(photos.map(({ key }) => key));
    if (this.photos.some(({ key }) => keys.has(key))) {
      this.#show(this.photos.filter(({ key }) => !keys.has(key)));
    }
  }

  #show(photos) {
    this.photos = photos;
    this.changed();
  }
}

function entryPhoto({ key, width, height }) {
  return { key, kind: "image", width, height, upload: null };
}
