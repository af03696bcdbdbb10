/** Create a WebSocket class whose server is the test; `opened` has every socket, in order. */
export function makeSockets() {
  return class TestSocket extends EventTarget {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSED = 3;
    static opened = [];

    readyState = TestSocket.CONNECTING;
    /** The frames that the client has sent. */
    sent = [];

    constructor(url, protocols) {
      super();
      this.url = new URL(url);
      this.protocols = protocols;
      TestSocket.opened.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    /** Close the socket from the client's side. */
    close() {
      this.readyState = TestSocket.CLOSED;
    }

    // The server's side
    // ----------------------------------------------------------------------------
    accept() {
      this.readyState = TestSocket.OPEN;
      this.dispatchEvent(new Event("open"));
    }

    deliver(frame) {
      this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
    }

    hangUp(code) {
      this.readyState = TestSocket.CLOSED;
      this.dispatchEvent(Object.assign(new Event("close"), { code }));
    }
  };
}
