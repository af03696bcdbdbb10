const STALLED_MS = 60_000;

/**
 * Return a `fetch` that reports the sent share of its body, from 0 to 1, to `onProgress`.
 *
 * It rejects if nothing was sent or received for 60 s, or when `signal` aborts. A request that takes
 * minutes on a slow network is therefore no failure.
 */
export function fetchWithProgress(onProgress, signal) {
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      const abort = () => xhr.abort();
      let timer = setTimeout(abort, STALLED_MS);
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(abort, STALLED_MS);
      };
      xhr.upload.onprogress = ({ loaded, total }) => {
        alive();
        if (total) onProgress(loaded / total);
      };
      xhr.onload = () => resolve(responseOf(xhr));
      xhr.onerror = xhr.onabort = () => reject(new TypeError("The upload got no response."));
      xhr.onloadend = () => clearTimeout(timer);
      signal.addEventListener("abort", abort);
      xhr.open(method, url);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      xhr.send(body);
      if (signal.aborted) abort();
    });
}

function responseOf(xhr) {
  const headers = ["date", "retry-after"].map((name) => [name, xhr.getResponseHeader(name)]);
  const init = { status: xhr.status, headers: headers.filter(([, value]) => value) };
  return new Response(xhr.responseText, init);
}
