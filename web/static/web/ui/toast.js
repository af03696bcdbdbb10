/**
 * Show a toast for 6 s; `text` is a string or template. With `stays` or an `action`, `{label, run}`,
 * it stays until it is closed. When the signal `until` is aborted, it closes.
 */
export async function toast(text, { action = null, stays = action !== null, until = null } = {}) {
  // It is not part of the first load. Offline the import can fail.
  await import("./app-toast.js").catch(() => {});
  dispatchEvent(new CustomEvent("app-toast", { detail: { text, action, stays, until } }));
}
