// Tried in order; ids are integers.
const ROUTES = [
  ["sign-in", /^\/sign-in$/],
  ["forgot-password", /^\/forgot-password$/],
  ["reset-password", /^\/reset-password$/],
  ["join", /^\/join$/],
  ["messages", /^\/(?:messages)?$/],
  ["conversation", /^\/messages\/(?<id>\d{1,15})$/],
  ["archive", /^\/messages\/archived$/],
  ["archived-conversation", /^\/messages\/archived\/(?<id>\d{1,15})$/],
  ["trainees", /^\/trainees$/],
  ["trainee", /^\/trainees\/(?<id>\d{1,15})$/],
  ["invitations", /^\/invitations$/],
  ["settings", /^\/settings$/],
];

/** Routes that need no sign-in. */
export const PUBLIC_ROUTES = new Set(["sign-in", "forgot-password", "reset-password", "join"]);

/**
 * Return the route of a URL: `{name, params, query}`; `name` is "not-found" for an unknown path.
 *
 * `params.id` is a number; `query` is a plain object of strings.
 */
export function match(url) {
  const query = Object.fromEntries(url.searchParams);
  for (const [name, pattern] of ROUTES) {
    const found = pattern.exec(url.pathname);
    if (found) return { name, params: found.groups ? { id: Number(found.groups.id) } : {}, query };
  }
  return { name: "not-found", params: {}, query };
}
