const WORKER_PATH = "/sw.js";

const policy = globalThis.trustedTypes?.createPolicy("service-worker", {
  createScriptURL(url) {
    if (url !== WORKER_PATH) throw new TypeError(`Unexpected script: ${url}`);
    return url;
  },
});

/** Return the service worker's URL as a TrustedScriptURL, where the browser requires one. */
export function workerUrl() {
  return policy ? policy.createScriptURL(WORKER_PATH) : WORKER_PATH;
}
