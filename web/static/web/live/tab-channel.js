/** Talk with the other tabs of one user: "message" with what they said in `data`. */
export class TabChannel extends EventTarget {
  #channel;

  /** With `isAlone` nothing is said or heard: a look through an account is nobody else's affair. */
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
