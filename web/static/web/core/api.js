import { language, t } from "../text/translate.js";
import { network, untilLoaded } from "./network.js";
import { waitSeconds, untilAccepted } from "./retry.js";

// Long enough to upload a picture on a slow network; a hanging request would block the outbox.
const TIMEOUT_MS = 30_000;
const LONGEST_WAIT_MS = 5_000;
const MOMENT_MS = 200;
const BASE = new URL("/api/", location.origin);

/** The server's error response, or no response at all (status 0, code "network"). */
export class ApiError extends Error {
  constructor({ status = 0, code = "network", message, fields = null, retryAfter = null }) {
    super(message ?? t("error.unreachable"));
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.fields = fields;
    /** Seconds from the Retry-After header, or null. */
    this.retryAfter = retryAfter;
  }

  get isNetwork() {
    return this.status === 0;
  }

  /** Return whether a retry may succeed: the network or the server failed, or it throttles. */
  get isTemporary() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

let tokens = null;
// The number of requests without a response.
let underWay = 0;

/** Set the object that provides `accessToken()`, `refresh()` and the sign-in's `generation`. */
export function setTokenSource(source) {
  tokens = source;
}

/**
 * Send a request to the API; return the JSON, or null for an empty body. Throws ApiError.
 *
 * `path` is relative to /api/, or it is the `next` URL of a page. The host of a URL is ignored,
 * because behind a proxy it can be internal. A throttled GET is repeated when the server accepts it,
 * unless the user changes meanwhile. With `using`, another function than `fetch` sends the request,
 * with its own time limit. With `keepalive` the request outlives the page. A GET that waits calls
 * `onWait(seconds)`, and is not repeated once `isWanted()` is false.
 */
export async function request(method, path, options = {}) {
  underWay += 1;
  try {
    return await send(method, path, options);
  } finally {
    underWay -= 1;
  }
}

/** Resolve once no request has been under way for a moment, or after 5 s. */
export async function whenQuiet() {
  for (let ms = 0; ms < LONGEST_WAIT_MS; ms += MOMENT_MS) {
    await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
    if (underWay === 0) return;
  }
}

/** Load what the first screen does not need, once it has its data. */
export async function loadLate(load) {
  await whenQuiet();
  return untilLoaded(load);
}

async function send(method, path, options) {
  const { generation } = tokens;
  const once = () => requestOnce(method, path, options);
  if (method !== "GET") return once();
  const isWanted = () => generation === tokens.generation && (options.isWanted?.() ?? true);
  return untilAccepted(once, isWanted, options.onWait);
}

async function requestOnce(method, path, { auth = true, ...options }) {
  const send = async () => fetchOnce(method, path, { ...options, token: await token(auth) });
  const { generation } = tokens;
  const response = await send();
  // After a change of user, do not repeat one user's request with the token of another.
  if (response.status !== 401 || !auth || generation !== tokens.generation) return read(response);
  await tokens.refresh();
  return read(await send());
}

async function token(auth) {
  return auth ? tokens.accessToken() : null;
}

async function fetchOnce(method, path, { body, form, headers: more, token, using = fetch, keepalive }) {
  const url = new URL(path, BASE);
  const headers = { "Accept-Language": language, ...more, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const content = form ?? (body === undefined ? undefined : JSON.stringify(body));
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const options = { method, headers, body: content, signal, keepalive };
    const response = await using(url.pathname + url.search, options);
    network.reportAnswer(response.headers.get("date"));
    return response;
  } catch {
    network.reportFailure();
    throw new ApiError({});
  }
}

async function read(response) {
  const data = await parse(response);
  if (response.ok) return data;
  throw refusal(response, data);
}

/** Return the body's JSON; null for an empty body or a proxy's HTML error page. */
async function parse(response) {
  try {
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  } catch (error) {
    if (error instanceof SyntaxError && !response.ok) return null;
    // The connection broke in the middle of the body.
    throw new ApiError({});
  }
}

function refusal(response, data) {
  const { status } = response;
  const seconds = Number(response.headers.get("Retry-After"));
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
  if (status === 429) return throttled(data, retryAfter);
  if (typeof data?.detail === "string") {
    return new ApiError({ status, code: data.code, message: data.detail, retryAfter });
  }
  if (status === 400 && data) {
    const message = Object.values(data).flat()[0];
    return new ApiError({ status, code: "invalid", message, fields: data });
  }
  return new ApiError({ status, code: "server_error", message: t("error.server"), retryAfter });
}

/** Word the wait as all screens do, also if a proxy has throttled the request. */
function throttled(data, retryAfter) {
  const count = waitSeconds({ status: 429, retryAfter });
  const message = t("error.wait", { count });
  return new ApiError({ status: 429, code: data?.code ?? "throttled", message, retryAfter });
}
