/** The parts of `document` that logic uses: visibility and title. */
export class TestDocument extends EventTarget {
  visibilityState = "visible";
  title = "Messages";
  documentElement = { hidden: false };
  isFocused = true;

  hasFocus() {
    return this.isFocused;
  }
}

/** `location` and `history`: URLs change, but no page is loaded. */
export class Place {
  /** The URLs that a browser would load, in order. */
  loads = [];
  #window;
  #entries;
  #index = 0;

  constructor(window, path) {
    this.#window = window;
    this.#entries = [{ url: new URL(path, "https://app.example"), state: null }];
    this.location = this.#makeLocation();
    this.history = this.#makeHistory();
  }

  get #entry() {
    return this.#entries[this.#index];
  }

  #makeLocation() {
    const url = () => this.#entry.url;
    const load = (path) => this.loads.push(path);
    const location = { assign: load, reload: () => load(url().pathname + url().search) };
    for (const name of ["href", "origin", "pathname", "search", "hash", "host"]) {
      Object.defineProperty(location, name, { get: () => url()[name] });
    }
    return location;
  }

  #makeHistory() {
    const entryAt = (state, path) => ({ state, url: new URL(path, this.#entry.url) });
    return {
      getState: () => this.#entry.state,
      get state() {
        return this.getState();
      },
      pushState: (state, _title, path) => {
        this.#entries.splice(this.#index + 1, Infinity, entryAt(state, path));
        this.#index += 1;
      },
      replaceState: (state, _title, path) => {
        this.#entries[this.#index] = entryAt(state, path);
      },
      back: () => {
        this.#index = Math.max(0, this.#index - 1);
        this.#window.dispatchEvent(new Event("popstate"));
      },
    };
  }
}
