import { network } from "./network.js";

// Long enough for a picture over a bad line; a request that hangs would hold up the outbox.
const PATIENCE_MS = 30_000;
const BASE = new URL("/api/", location.origin);

/** Tell why the server refused a request, or that no answer came (status 0, code "network"). */
export class ApiError extends Error {
  constructor({ status = 0, code = "network", message, fields = null, retryAfter = null }) {
    super(message ?? "The server cannot be reached. Check your connection.");
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.fields = fields;
    /** Seconds, or null where the server named none. */
    this.retryAfter = retryAfter;
  }

  get isNetwork() {
    return this.status === 0;
  }

  /** Tell whether the same request may succeed later, unchanged. */
  get isTemporary() {
    return this.status === 0 || this.status >= 500;
  }
}

let tokens = null;

/** Name who knows the access token: `accessToken()`, `refresh()`, and the sign-in's `number`. */
export function useTokens(source) {
  tokens = source;
}

/**
 * Ask the API and return its JSON, or null for an empty answer; throws ApiError.
 *
 * `path` is below /api/, or a `next` from an answer, of which only path and query count: behind a
 * proxy its host can be one that browsers do not know. An aborted `signal` throws AbortError.
 */
export async function request(method, path, { body, form, auth = true, signal } = {}) {
  const send = async () => fetchOnce(method, path, { body, form, signal, token: await token(auth) });
  const { number } = tokens;
  const response = await send();
  // What one person has asked for is not asked again in the name of the next.
  if (response.status !== 401 || !auth || number !== tokens.number) return read(response);
  await tokens.refresh();
  return read(await send());
}

async function token(auth) {
  return auth ? tokens.accessToken() : null;
}

async function fetchOnce(method, path, { body, form, signal, token }) {
  const url = new URL(path, BASE);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const content = form ?? (body === undefined ? undefined : JSON.stringify(body));
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const signals = signal ? AbortSignal.any([signal, patience]) : patience;
  try {
    const options = { method, headers, body: content, signal: signals };
    const response = await fetch(url.pathname + url.search, options);
    network.answered();
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    network.failed();
    throw new ApiError({});
  }
}

async function read(response) {
  const data = await parse(response);
  if (response.ok) return data;
  throw refusal(response, data);
}

/** Return the body's JSON; null for none, and for what a proxy says in HTML. */
async function parse(response) {
  try {
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  } catch (error) {
    if (error instanceof SyntaxError && !response.ok) return null;
    // The connection broke in the middle of the answer.
    throw new ApiError({});
  }
}

function refusal(response, data) {
  const { status } = response;
  const seconds = Number(response.headers.get("Retry-After"));
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
  if (typeof data?.detail === "string") {
    return new ApiError({ status, code: data.code, message: data.detail, retryAfter });
  }
  if (status === 400 && data) {
    const message = Object.values(data).flat()[0];
    return new ApiError({ status, code: "invalid", message, fields: data });
  }
  const message = "Something went wrong on our side. Try again in a moment.";
  return new ApiError({ status, code: "server_error", message, retryAfter });
}
