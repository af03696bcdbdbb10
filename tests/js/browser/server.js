import assert from "node:assert/strict";

/** Respond with JSON; without `data` the body is empty. */
export function json(data, { status = 200, headers = {} } = {}) {
  const body = data === undefined ? null : JSON.stringify(data);
  return new Response(body, { status, headers });
}

/** Respond with an error in the API's format. */
export function refusal(status, code, headers = {}) {
  return json({ detail: `Refused: ${code}.`, code }, { status, headers });
}

/** The server behind `fetch`: it responds as a test has configured, and records requests. */
export class TestServer {
  /** `{method, path, body, headers, options}` of each request, in order. */
  requests = [];
  isReachable = true;
  #answers = new Map();
  #unexpected = [];

  /**
   * Respond to "METHOD /path" from now on: with JSON, a Response, or the result of a function of
   * the request. A route without a query matches every query.
   */
  on(route, answer) {
    this.#answers.set(route, answer);
  }

  /** Hold back the response of a route until the returned function is called with it. */
  hold(route) {
    const { promise, resolve } = Promise.withResolvers();
    this.on(route, () => promise);
    return resolve;
  }

  /** Return the bodies of the requests to a route so far. */
  asked(route) {
    return this.requests.filter((each) => isFor(each, route)).map(({ body }) => body);
  }

  fetch = async (path, options = {}) => {
    const request = describe(path, options);
    this.requests.push(request);
    if (!this.isReachable) throw new TypeError("Failed to fetch");
    return respond(await raceAgainst(options.signal, this.#answer(request)));
  };

  /** Fail if there were requests for which the test has configured no response. */
  verify() {
    assert.deepEqual(this.#unexpected, [], "requests that the test does not answer");
  }

  async #answer(request) {
    const exact = `${request.method} ${request.path}`;
    const route = [exact, exact.split("?")[0]].find((each) => this.#answers.has(each));
    if (route === undefined) {
      this.#unexpected.push(exact);
      return refusal(404, "not_found");
    }
    const answer = this.#answers.get(route);
    return typeof answer === "function" ? answer(request) : answer;
  }
}

function describe(path, { method = "GET", body, headers = {}, ...options }) {
  const isJson = typeof body === "string";
  return { method, path, headers, options, body: isJson ? JSON.parse(body) : body };
}

function isFor({ method, path }, route) {
  const exact = `${method} ${path}`;
  return exact === route || exact.split("?")[0] === route;
}

function respond(answer) {
  return answer instanceof Response ? answer.clone() : json(answer);
}

function raceAgainst(signal, answer) {
  const aborted = Promise.withResolvers();
  signal?.addEventListener("abort", () => aborted.reject(signal.reason));
  if (signal?.aborted) aborted.reject(signal.reason);
  return Promise.race([answer, aborted.promise]);
}
