import { html, nothing } from "lit";
import { t } from "../../../text/translate.js";
import { icon } from "../../../ui/icons.js";

/** Takes files that are dropped anywhere on the thread of its host. */
export class DropZone {
  /** Whether files are dragged over the thread. */
  isOver = false;
  #host;
  #add;
  #listening = null;

  /** `add(files)` receives what was dropped. */
  constructor(host, add) {
    this.#host = host;
    this.#add = add;
    host.addController(this);
  }

  hostConnected() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const area = this.#host.closest("thread-view") ?? this.#host;
    area.addEventListener("dragover", (event) => this.#over(event), { signal });
    area.addEventListener("dragleave", (event) => this.#leave(event, area), { signal });
    area.addEventListener("drop", (event) => this.#drop(event), { signal });
    // A file that is dropped beside the thread would be opened instead of the page.
    for (const type of ["dragover", "drop"]) addEventListener(type, refuse, { signal });
  }

  hostDisconnected() {
    this.#listening?.abort();
    this.isOver = false;
  }

  render() {
    if (!this.isOver) return nothing;
    return html`<div class="drop-zone" aria-hidden="true">${icon("photo")} ${t("photo.drop")}</div>`;
  }

  #over(event) {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.#show(true);
  }

  #leave({ relatedTarget }, area) {
    if (!area.contains(relatedTarget)) this.#show(false);
  }

  #drop(event) {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.#show(false);
    this.#add(event.dataTransfer.files);
  }

  #show(isOver) {
    if (isOver === this.isOver) return;
    this.isOver = isOver;
    this.#host.requestUpdate();
  }
}

function hasFiles({ dataTransfer }) {
  return dataTransfer.types.includes("Files");
}

function refuse(event) {
  if (!hasFiles(event) || event.defaultPrevented) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}
