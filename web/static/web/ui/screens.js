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

/** Return the screen of a route, `{tag, load, isMessages}`; not-found if it is forbidden. */
export function screenOf(route, user) {
  let found = SCREENS[route.name] ?? notFound;
  if (FOR_TRAINERS.includes(found) && user?.role !== "TRAINER") found = notFound;
  const [tag, load] = found;
  return { tag, load, isMessages: found === messages };
}
