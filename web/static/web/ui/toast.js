import { loadStyles } from "./screens.js";

/**
 * Show a toast for 6 s; `text` is a string or template. With `stays` or an `action`, `{label, run}`,
 * it stays until it is closed. When the signal `until` is aborted, it closes.
 */
export async function toast(text, { action = null, stays = action !== null, until = null } = {}) {
  // They are not part of the first load. Offline they can fail.
  await Promise.all([import("./app-toast.js"), loadStyles()]).catch(() => {});
  dispatchEvent(new CustomEvent("app-toast", { detail: { text, action, stays, until } }));
}
