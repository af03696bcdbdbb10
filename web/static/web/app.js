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
if (document.readyState === "complete") update();
else addEventListener("load", update);

/** Take care of newer versions once the page stands; without a network, the next page does it. */
function update() {
  import("./core/updates.js").then(({ startUpdates }) => startUpdates(), () => {});
}
