/**
 * Show a toast for 6 s; `text` is a string or template. With `stays` or an `action`, `{label, run}`,
 * it stays until it is closed.
 */
export function toast(text, { action = null, stays = action !== null } = {}) {
  dispatchEvent(new CustomEvent("app-toast", { detail: { text, action, stays } }));
}
