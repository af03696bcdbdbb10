/** `navigator.serviceWorker`, with a registration whose workers the test controls. */
export class TestWorkers extends EventTarget {
  controller = null;
  registration = Object.assign(new EventTarget(), {
    waiting: null,
    installing: null,
    updates: 0,
    pushManager: undefined,
    shown: [],
    update: async () => {
      this.registration.updates += 1;
    },
    showNotification: async (title, options) => {
      this.registration.shown.push(new TestNotification(this, title, options));
    },
    getNotifications: async () => this.registration.shown,
  });
  ready = Promise.resolve(this.registration);

  async register(url, options) {
    this.registered = { url, ...options };
    return this.registration;
  }

  async getRegistration() {
    return this.registration;
  }

  /** Tell the page that this worker, a new version, is being installed. */
  find(worker) {
    this.registration.installing = worker;
    this.registration.dispatchEvent(new Event("updatefound"));
  }

  /** Deliver a message from the worker to the page. */
  say(data, ports = []) {
    this.dispatchEvent(new MessageEvent("message", { data, ports }));
  }
}

class TestNotification {
  constructor(workers, title, options) {
    Object.assign(this, options, { workers, title });
  }

  /** Close this notification, or the one that has replaced it: browsers find it by its tag. */
  close() {
    const { registration } = this.workers;
    const isMeant = (each) => each === this || (this.tag && each.tag === this.tag);
    registration.shown = registration.shown.filter((each) => !isMeant(each));
  }
}

/** One version of the service worker. */
export class TestWorker extends EventTarget {
  state = "installing";
  messages = [];

  become(state) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }

  postMessage(message) {
    this.messages.push(message);
  }
}
