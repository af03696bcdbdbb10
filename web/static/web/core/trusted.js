const WORKER_PATH = "/sw.js";

const policy = globalThis.trustedTypes?.createPolicy("service-worker", {
  createScriptURL(url) {
    if (url !== WORKER_PATH) throw new TypeError(`${url} is no script of this client.`);
    return url;
  },
});

/** Return the one script address that the client hands to the browser, vouched for by name. */
export function workerUrl() {
  return policy ? policy.createScriptURL(WORKER_PATH) : WORKER_PATH;
}
