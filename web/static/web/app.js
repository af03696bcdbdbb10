import { guard } from "./core/guard.js";
import { router } from "./core/router.js";
import { session } from "./core/session.js";
import { answerWorker } from "./core/worker-messages.js";
import "./ui/app-root.js";

const root = document.querySelector("app-root");
// The skeleton lies over everything until the first screen stands, so that nothing jumps.
root.addEventListener("ready", () => document.getElementById("skeleton")?.remove(), { once: true });
router.start();
guard(session, router);
session.start();
answerWorker();
if (document.readyState === "complete") loaded();
else addEventListener("load", loaded);

/** Take care of newer versions, and of what comes after this page, once it stands. */
function loaded() {
  // Without a network, the next page does it.
  import("./core/updates.js").then(({ startUpdates }) => startUpdates(), () => {});
  import("./core/cached-page.js").then(({ followSignIn }) => followSignIn(session), () => {});
}
