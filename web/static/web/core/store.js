/** Hold data that several elements show; it fires "change" when they have to look again. */
export class Store extends EventTarget {
  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Render a Lit element anew whenever a store changes, for as long as it is on the page. */
export class StoreController {
  #host;
  #store;
  #isConnected = false;

  constructor(host, store = null) {
    this.#host = host;
    this.#store = store;
    host.addController(this);
  }

  get store() {
    return this.#store;
  }

  /** Follow another store, or none (null). */
  set store(store) {
    if (store === this.#store) return;
    this.#unsubscribe();
    this.#store = store;
    if (this.#isConnected) this.#subscribe();
    this.#host.requestUpdate();
  }

  hostConnected() {
    this.#isConnected = true;
    this.#subscribe();
    // What changed while the host was off the page went unnoticed.
    this.#host.requestUpdate();
  }

  hostDisconnected() {
    this.#isConnected = false;
    this.#unsubscribe();
  }

  #update = () => this.#host.requestUpdate();

  #subscribe() {
    this.#store?.addEventListener("change", this.#update);
  }

  #unsubscribe() {
    this.#store?.removeEventListener("change", this.#update);
  }
}
