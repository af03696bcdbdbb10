import assert from "node:assert/strict";
import { test } from "node:test";
import { beginImpersonation, openBrowser } from "../browser/open.js";
import { TestWorkers } from "../browser/workers.js";

/**
 * Open the page of a conversation; return its workers, a port, and the answers sent to the port.
 */
async function open(t, prepare = () => {}) {
  const browser = openBrowser(t, { path: "/messages/7" });
  const workers = (browser.navigator.serviceWorker = new TestWorkers());
  prepare(browser);
  const { answerWorker } = await browser.load("core/worker-messages.js");
  answerWorker();
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  const answers = t.mock.method(port2, "postMessage", () => {});
  const told = () => answers.mock.calls.map((call) => call.arguments[0]);
  return { workers, port: port2, told };
}

test("the page tells the worker its path and opens clicked notifications", async (t) => {
  const { workers, port, told } = await open(t);

  workers.say({ type: "where" }, [port]);
  workers.say({ type: "open", path: "/messages/8" });
  workers.say({ type: "where" }, [port]);
  workers.say(null);

  assert.deepEqual(told(), ["/messages/7", "/messages/8"]);
});

test("an impersonating page tells the worker nothing", async (t) => {
  const { workers, port, told } = await open(t, beginImpersonation);

  workers.say({ type: "where" }, [port]);
  workers.say({ type: "open", path: "/messages/8" });

  assert.deepEqual([told(), location.pathname], [[], "/messages/7"]);
});

test("nothing happens without service worker support", async (t) => {
  await open(t, ({ navigator }) => (navigator.serviceWorker = undefined));
});
