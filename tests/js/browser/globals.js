/** Replace global names for everything that runs afterwards. */
export function setGlobals(values) {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

/** Replace a property, own or inherited, until the end of a test. */
export function replace(t, object, name, value) {
  const own = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  t.after(() => (own ? Object.defineProperty(object, name, own) : delete object[name]));
}
