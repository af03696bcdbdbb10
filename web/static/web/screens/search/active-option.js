const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/**
 * The option of a combobox that Enter chooses; the focus stays in the field.
 *
 * It is the first one until the arrow keys move it.
 */
export class ActiveOption {
  /** The id of the option's element, or null. */
  id = null;
  #host;
  #isMoved = false;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  get #options() {
    return [...this.#host.querySelectorAll("[role='option']")];
  }

  reset() {
    this.#isMoved = false;
  }

  hostUpdated() {
    const ids = this.#options.map(({ id }) => id);
    const wanted = this.#isMoved && ids.includes(this.id) ? this.id : (ids[0] ?? null);
    if (wanted === this.id) return;
    this.id = wanted;
    this.#host.requestUpdate();
  }

  /** Handle a key of the field. */
  move(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") this.#choose(event);
    else if (STEPS[event.key]) this.#step(event, STEPS[event.key]);
  }

  #choose(event) {
    event.preventDefault();
    document.getElementById(this.id)?.click();
  }

  #step(event, step) {
    event.preventDefault();
    const options = this.#options;
    if (!options.length) return;
    const at = options.findIndex(({ id }) => id === this.id) + step;
    const option = options[Math.max(0, Math.min(at, options.length - 1))];
    this.#isMoved = true;
    this.id = option.id;
    option.scrollIntoView({ block: "nearest" });
    this.#host.requestUpdate();
  }
}
