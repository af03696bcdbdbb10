import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";
import { json, refusal } from "../browser/server.js";

async function open(t) {
  const browser = openBrowser(t);
  const { request, setTokenSource } = await browser.load("core/api.js");
  const tokens = { generation: 0, value: "old", accessToken: async () => tokens.value };
  tokens.refresh = async () => (tokens.value = "new");
  setTokenSource(tokens);
  return { ...browser, request, tokens, browser };
}

const wrong = (promise) => promise.then(assert.fail, (error) => error);

test("a request carries token and JSON, and returns JSON", async (t) => {
  const { request, server } = await open(t);
  server.on("POST /api/x/", { ok: true });

  assert.deepEqual(await request("POST", "x/", { body: { a: 1 } }), { ok: true });
  const [{ headers, body }] = server.requests;
  assert.deepEqual(headers, {
    "Accept-Language": "en",
    Authorization: "Bearer old",
    "Content-Type": "application/json",
  });
  assert.deepEqual(body, { a: 1 });
});

test("form data is sent unchanged, and without a session no token is sent", async (t) => {
  const { request, server } = await open(t);
  server.on("PATCH /api/x/", json());
  const form = new FormData();

  assert.equal(await request("PATCH", "x/", { form, auth: false }), null);
  assert.deepEqual([server.requests[0].headers, server.requests[0].body], [{ "Accept-Language": "en" }, form]);
});

test("only path and query of a next link are used", async (t) => {
  const { request, server } = await open(t);
  server.on("GET /api/x/", []);

  await request("GET", "http://internal:8000/api/x/?page=2#top");

  assert.equal(server.requests[0].path, "/api/x/?page=2");
});

test("an error has the status, code and message of the server", async (t) => {
  const { request, server } = await open(t);
  server.on("GET /api/x/", refusal(403, "not_yours", { "Retry-After": "3" }));

  const error = await wrong(request("GET", "x/"));

  assert.equal(error.name, "ApiError");
  assert.deepEqual([error.status, error.code, error.message], [403, "not_yours", "Refused: not_yours."]);
  assert.deepEqual([error.retryAfter, error.isTemporary, error.isNetwork], [3, false, false]);
});

test("a Retry-After that is a date or not positive is ignored", async (t) => {
  const { request, server } = await open(t);
  for (const value of ["Mon, 16 Feb 2026 12:00:00 GMT", "0", "-1"]) {
    server.on("GET /api/x/", refusal(503, "busy", { "Retry-After": value }));
    assert.equal((await wrong(request("GET", "x/"))).retryAfter, null, value);
  }
});

test("a throttled request says in our words how long to wait, whoever has throttled it", async (t) => {
  const { request, server } = await open(t);
  const words = { 1: "Slow down. Try again in 1 second.", 7: "Slow down. Try again in 7 seconds." };

  for (const [seconds, text] of Object.entries(words)) {
    server.on("POST /api/x/", refusal(429, "own_code", { "Retry-After": seconds }));
    const error = await wrong(request("POST", "x/"));
    assert.deepEqual([error.code, error.message, error.isTemporary], ["own_code", text, true]);
  }
  server.on("POST /api/x/", new Response("<html>Too Many Requests</html>", { status: 429 }));
  const error = await wrong(request("POST", "x/"));

  assert.deepEqual([error.code, error.message], ["throttled", "Slow down. Try again in 5 seconds."]);
});

test("a throttled read waits for Retry-After and goes on", async (t) => {
  const { request, server, browser } = await open(t);
  server.on("GET /api/x/", refusal(429, "throttled", { "Retry-After": "40" }));
  const found = request("GET", "x/");
  await browser.pass(39_500);
  assert.equal(server.requests.length, 1);
  server.on("GET /api/x/", refusal(429, "throttled", { "Retry-After": "2" }));
  await browser.pass(500);
  server.on("GET /api/x/", { ok: true });

  await browser.pass(2_000);

  assert.deepEqual(await found, { ok: true });
  assert.equal(server.requests.length, 3);
});

test("a throttled read is not repeated for another user", async (t) => {
  const { request, server, browser, tokens } = await open(t);
  server.on("GET /api/x/", refusal(429, "throttled", { "Retry-After": "3" }));
  const found = wrong(request("GET", "x/"));
  await browser.pass(500);

  tokens.generation += 1;
  await browser.pass(5_000);

  assert.deepEqual([(await found).status, server.requests.length], [429, 1]);
});

test("a read that would have to wait for more than two minutes fails, and says so", async (t) => {
  const { request, server } = await open(t);
  server.on("GET /api/x/", refusal(429, "throttled", { "Retry-After": "3600" }));

  const error = await wrong(request("GET", "x/"));

  assert.deepEqual([error.message, error.retryAfter], ["Slow down. Try again in 3,600 seconds.", 3600]);
});

test("a 400 has errors by field, and the first as its message", async (t) => {
  const { request, server } = await open(t);
  const fields = { email: ["Not an address.", "Too long."], name: ["Missing."] };
  server.on("GET /api/x/", json(fields, { status: 400 }));

  const error = await wrong(request("GET", "x/"));

  assert.deepEqual([error.code, error.message, error.fields], ["invalid", "Not an address.", fields]);
});

for (const [status, body] of [[502, "<html>Bad Gateway</html>"], [500, ""], [400, ""], [404, "null"]]) {
  test(`${status} with ${body || "nothing"} is a server error with the default message`, async (t) => {
    const { request, server } = await open(t);
    server.on("GET /api/x/", new Response(body, { status, headers: { "Retry-After": "7" } }));

    const error = await wrong(request("GET", "x/"));

    assert.deepEqual([error.status, error.code, error.retryAfter], [status, "server_error", 7]);
    assert.equal(error.isTemporary, status >= 500);
  });
}

test("a truncated response counts as unreachable", async (t) => {
  const { request, server } = await open(t);
  const broken = { pull: (controller) => controller.error(new TypeError("terminated")) };
  server.on("GET /api/x/", () => new Response(new ReadableStream(broken)));
  assert.equal((await wrong(request("GET", "x/"))).code, "network");

  server.on("GET /api/x/", new Response('{"half": '));
  assert.equal((await wrong(request("GET", "x/"))).isNetwork, true);
});

test("an unreachable server is a network error", async (t) => {
  const { request, server } = await open(t);
  server.isReachable = false;

  const error = await wrong(request("GET", "x/"));

  assert.deepEqual([error.status, error.code, error.isNetwork, error.isTemporary], [0, "network", true, true]);
});

test("responses and failures update the network state", async (t) => {
  const { request, server, browser } = await open(t);
  const { network } = await browser.load("core/network.js");
  server.on("GET /api/x/", []);
  server.isReachable = browser.navigator.onLine = false;

  await wrong(request("GET", "x/"));
  assert.equal(network.isOnline, false);
  server.isReachable = true;
  await request("GET", "x/");

  assert.equal(network.isOnline, true);
});

test("a request times out after 30 s", async (t) => {
  const { request, server, browser } = await open(t);
  server.hold("GET /api/x/");
  let error = null;
  wrong(request("GET", "x/")).then((each) => (error = each));

  await browser.pass(29_500);
  assert.equal(error, null);
  await browser.pass(1_000);

  assert.equal(error.isNetwork, true);
});

test("a refused token is refreshed once and the request repeated", async (t) => {
  const { request, server } = await open(t);
  const isNew = ({ headers }) => headers.Authorization === "Bearer new";
  server.on("GET /api/x/", (asked) => (isNew(asked) ? { ok: true } : refusal(401, "token_not_valid")));

  assert.deepEqual(await request("GET", "x/"), { ok: true });

  server.on("GET /api/x/", refusal(401, "not_authenticated"));
  assert.equal((await wrong(request("GET", "x/"))).status, 401);
  assert.equal(server.requests.length, 4);
});

test("a request is not repeated after another user has signed in", async (t) => {
  const { request, server, tokens } = await open(t);
  server.on("GET /api/x/", () => {
    tokens.generation += 1;
    return refusal(401, "token_not_valid");
  });

  assert.equal((await wrong(request("GET", "x/"))).status, 401);
  assert.equal(server.requests.length, 1);
});

test("it is quiet once every request has its response, and after 5 s", async (t) => {
  const { browser, request, server } = await open(t);
  const { whenQuiet } = await browser.load("core/api.js");
  const seen = [];
  const answer = server.hold("GET /api/x/");
  request("GET", "x/").then(() => seen.push("answered"));
  whenQuiet().then(() => seen.push("quiet"));
  await browser.pass(1_000);
  assert.deepEqual(seen, []);

  answer({});
  await browser.pass(200);
  assert.deepEqual(seen, ["answered", "quiet"]);

  server.on("GET /api/x/", () => new Promise(() => {}));
  request("GET", "x/").catch(() => {});
  whenQuiet().then(() => seen.push("late"));
  for (let ms = 200; ms < 5_000; ms += 200) await browser.pass(200);
  assert.equal(seen.length, 2);
  await browser.pass(200);
  assert.deepEqual(seen.slice(2), ["late"]);
});

test("a 401 without a token is returned, as for a wrong password", async (t) => {
  const { request, server } = await open(t);
  server.on("POST /api/x/", refusal(401, "no_active_account"));

  assert.equal((await wrong(request("POST", "x/", { auth: false }))).code, "no_active_account");
  assert.equal(server.requests.length, 1);
});
