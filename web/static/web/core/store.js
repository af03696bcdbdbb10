/** Data that several elements show; fires "change" when they have to render again. */
export class Store extends EventTarget {
  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Re-renders a Lit element whenever a store changes, while the element is connected. */
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

  /** Observe another store, or none (null). */
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
    // Changes while the host was disconnected were missed.
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
