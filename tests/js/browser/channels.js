/**
 * Create a BroadcastChannel class for the tabs of one browser; messages arrive in the next
 * microtask.
 */
export function makeChannels() {
  const open = new Set();

  return class MemoryChannel extends EventTarget {
    constructor(name) {
      super();
      this.name = name;
      open.add(this);
    }

    postMessage(message) {
      const data = structuredClone(message);
      const others = [...open].filter((each) => each !== this && each.name === this.name);
      for (const other of others) queueMicrotask(() => other.#receive(data));
    }

    close() {
      open.delete(this);
    }

    #receive(data) {
      if (open.has(this)) this.dispatchEvent(new MessageEvent("message", { data }));
    }
  };
}
