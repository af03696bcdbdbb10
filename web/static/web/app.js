import { startRedirects } from "./core/redirects.js";
import { router } from "./core/router.js";
import { session } from "./core/session.js";
import { answerWorker } from "./core/worker-messages.js";
import "./ui/app-root.js";

const root = document.querySelector("app-root");
// The skeleton covers the page until the first screen has rendered, to prevent layout shifts.
root.addEventListener("ready", () => document.getElementById("skeleton")?.remove(), { once: true });
router.start();
startRedirects(session, router);
session.start();
answerWorker();
if (document.readyState === "complete") loaded();
else addEventListener("load", loaded);

/** Load what only later pages need; without a network the next page does it. */
function loaded() {
  import("./core/updates.js").then(({ startUpdates }) => startUpdates(), () => {});
  import("./core/page-restore.js").then(
    ({ reloadIfSignInChanged }) => reloadIfSignInChanged(session),
    () => {},
  );
}
