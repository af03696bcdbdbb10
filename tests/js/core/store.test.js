import assert from "node:assert/strict";
import { test } from "node:test";
import { Store, StoreController } from "../../../web/static/web/core/store.js";

function makeHost() {
  const host = { updates: 0, requestUpdate: () => (host.updates += 1) };
  host.addController = (controller) => (host.controller = controller);
  return host;
}

test("an element renders again with each change while it is connected", () => {
  const [host, store] = [makeHost(), new Store()];
  const controller = new StoreController(host, store);
  assert.equal(host.controller, controller);

  store.changed();
  assert.equal(host.updates, 0);
  controller.hostConnected();
  store.changed();
  assert.equal(host.updates, 2);
  controller.hostDisconnected();
  store.changed();

  assert.equal(host.updates, 2);
});

test("an element can follow another store, the same again, or none", () => {
  const [host, one, other] = [makeHost(), new Store(), new Store()];
  const controller = new StoreController(host);
  controller.hostConnected();

  controller.store = one;
  controller.store = one;
  assert.deepEqual([controller.store, host.updates], [one, 2]);
  controller.store = other;
  one.changed();
  other.changed();
  assert.equal(host.updates, 4);
  controller.store = null;
  other.changed();

  assert.equal(host.updates, 5);
});

test("a disconnected element observes its current store once connected", () => {
  const [host, one, other] = [makeHost(), new Store(), new Store()];
  const controller = new StoreController(host, one);

  controller.store = other;
  controller.hostConnected();
  one.changed();
  other.changed();

  assert.equal(host.updates, 3);
});
