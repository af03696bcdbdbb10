// The element of each route, and a function that loads its module.
const messages = ["messages-screen", () => import("../screens/messages.js")];
const trainees = ["trainees-screen", () => import("../screens/trainees.js")];
const trainee = ["trainee-screen", () => import("../screens/trainee.js")];
const invitations = ["invitations-screen", () => import("../screens/invitations.js")];
const notFound = ["not-found-screen", () => import("../screens/not-found.js")];

const SCREENS = {
  "sign-in": ["sign-in-screen", () => import("../screens/sign-in.js")],
  "forgot-password": ["forgot-password-screen", () => import("../screens/forgot-password.js")],
  "reset-password": ["reset-password-screen", () => import("../screens/reset-password.js")],
  join: ["join-screen", () => import("../screens/join.js")],
  messages,
  conversation: messages,
  archive: messages,
  "archived-conversation": messages,
  trainees,
  trainee,
  invitations,
  settings: ["settings-screen", () => import("../screens/settings.js")],
};

const FOR_TRAINERS = [trainees, trainee, invitations];

// The style sheet of all screens except messages, by its name in the import map.
const STYLES = import.meta.resolve("screens.css");
let styles = null;

/** Return a route's screen, `{tag, load, isMessages}`; a forbidden route gets "not found". */
export function screenOf(route, user) {
  let found = SCREENS[route.name] ?? notFound;
  if (FOR_TRAINERS.includes(found) && user?.role !== "TRAINER") found = notFound;
  const [tag, loadModule] = found;
  const isMessages = found === messages;
  const load = isMessages ? loadModule : () => Promise.all([loadModule(), loadStyles()]);
  return { tag, load, isMessages };
}

/** Load the style sheet once, unless the page links it; after a failure the next call retries. */
export function loadStyles() {
  const isLinked = [...document.styleSheets].some(({ href }) => href === STYLES);
  styles ??= isLinked ? Promise.resolve() : addStyles();
  return styles;
}

function addStyles() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLES });
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      styles = null;
      reject(new Error(`${STYLES} could not be loaded.`));
    };
  });
}
