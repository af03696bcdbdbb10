import { whenQuiet } from "./core/api.js";
import { untilLoaded } from "./core/network.js";
import { reloadIfSignInChanged } from "./core/page-restore.js";
import { startRedirects } from "./core/redirects.js";
import { router } from "./core/router.js";
import { session } from "./core/session.js";
import { startSearch } from "./screens/search/opening.js";
import "./ui/app-root.js";
import { loadStyles, screenOf } from "./ui/screens.js";
import { followViewport } from "./ui/viewport.js";

const root = document.querySelector("app-root");
// The skeleton covers the page until the first screen has rendered, to prevent layout shifts. head.js
// shows a notice in its place if that fails.
root.addEventListener("ready", uncover, { once: true });
router.start();
startRedirects(session, router);
session.start();
followViewport();
startSearch();
// Before the page can be left, so that it never returns with the data of another user.
reloadIfSignInChanged(session);
if (document.readyState === "complete") loaded();
else addEventListener("load", loaded);

function uncover() {
  for (const each of document.querySelectorAll("#skeleton, #notice")) each.remove();
}

/**
 * Load modules that the first screen does not need.
 *
 * On a slow network, they would delay the messages. Other screens have forms, which must be tracked from
 * the start. Without a network, they are loaded when it returns.
 */
async function loaded() {
  if (screenOf(router.route, session.user).isMessages) await whenQuiet();
  start(loadStyles);
  start(() => import("./ui/sign-out.js"));
  start(() => import("./core/language.js"), ({ followLanguage }) => followLanguage(session));
  start(() => import("./core/unsaved-rows.js"));
  start(() => import("./ui/app-toast.js"));
  start(() => import("./core/worker-messages.js"), ({ answerWorker }) => answerWorker());
  start(() => import("./core/updates.js"), ({ startUpdates }) => startUpdates());
  await signedIn();
  await whenQuiet();
  start(() => import("./live/new-thread.js"));
  start(() => import("./live/own-trainer.js"), ({ followOwnTrainer }) => followOwnTrainer());
  start(() => import("./screens/messages/copying.js"), ({ copyTextsOnly }) => copyTextsOnly());
  start(() => import("./screens/messages/actions/install.js"), ({ installActions }) => installActions());
  start(() => import("./ui/offer-trigger.js"), ({ watchMessages }) => watchMessages());
}

function start(load, run = () => {}) {
  untilLoaded(load).then(run);
}

/** Resolve once there is a user: without one, no page has messages. */
function signedIn() {
  if (session.user) return Promise.resolve();
  return new Promise((resolve) => {
    session.addEventListener("change", function check() {
      if (!session.user) return;
      session.removeEventListener("change", check);
      resolve();
    });
  });
}
