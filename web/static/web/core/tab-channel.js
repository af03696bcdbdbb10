/** A channel between the tabs of one user; fires "message" with `data`. */
export class TabChannel extends EventTarget {
  #channel;

  /** `isAlone` disables the channel, for example while impersonating. */
  constructor(name, { isAlone = false } = {}) {
    super();
    if (isAlone || !globalThis.BroadcastChannel) return;
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener("message", ({ data }) => {
      this.dispatchEvent(new MessageEvent("message", { data }));
    });
  }

  post(data) {
    this.#channel?.postMessage(data);
  }

  close() {
    this.#channel?.close();
  }
}
