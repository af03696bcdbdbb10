/** Create an XMLHttpRequest class in front of a TestServer; `opened` has every request, in order. */
export function makeUploads(server) {
  return class TestUpload {
    static opened = [];

    upload = {};
    status = 0;
    responseText = "";
    #headers = {};
    #aborting = new AbortController();
    #response = null;

    constructor() {
      TestUpload.opened.push(this);
    }

    open(method, url) {
      Object.assign(this, { method, url });
    }

    setRequestHeader(name, value) {
      this.#headers[name] = value;
    }

    getResponseHeader(name) {
      return this.#response.headers.get(name);
    }

    abort() {
      this.#aborting.abort();
    }

    async send(body) {
      const { method } = this;
      const options = { method, body, headers: this.#headers, signal: this.#aborting.signal };
      try {
        this.#response = await server.fetch(this.url, options);
        this.responseText = await this.#response.text();
        this.status = this.#response.status;
        this.onload();
      } catch {
        if (this.#aborting.signal.aborted) this.onabort();
        else this.onerror();
      } finally {
        this.onloadend();
      }
    }
  };
}
