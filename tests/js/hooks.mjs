/**
 * Lets node import the client's modules as a page does: `node --import ./tests/js/hooks.mjs`. Bare
 * names resolve to the vendored libraries, as in the page's import map. A module imported with a
 * query (`outbox.js?tab=1`) imports all others with the same query: each query is a separate page
 * with its own module instances.
 */
import { registerHooks } from "node:module";

const CLIENT = new URL("../../web/static/web/", import.meta.url).href;
const LIBRARIES = { idb: "vendor/idb.js", lit: "vendor/lit.js" };
// Modules without state: all pages share one instance.
const SHARED = ["text/", "vendor/"].map((folder) => CLIENT + folder);
const OURS = [CLIENT, new URL("./", import.meta.url).href];

registerHooks({
  resolve(specifier, context, next) {
    const library = LIBRARIES[specifier];
    const found = next(library ? CLIENT + library : specifier, context);
    if (!OURS.some((folder) => found.url.startsWith(folder))) return found;
    return { ...found, url: inTheTabOf(context.parentURL, found.url), format: "module" };
  },
});

function inTheTabOf(parent, url) {
  const isOfAPage = parent?.startsWith(CLIENT) && url.startsWith(CLIENT);
  if (!isOfAPage || url.includes("?") || SHARED.some((folder) => url.startsWith(folder))) return url;
  return url + new URL(parent).search;
}
