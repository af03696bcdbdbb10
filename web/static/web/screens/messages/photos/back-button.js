/**
 * Call `close` when the user goes back, instead of leaving the page.
 *
 * Returns a function to call once it is closed, in whichever way.
 */
export function onBack(close) {
  const listening = new AbortController();
  const { href } = location;
  let isBack = false;
  // The router ignores entries with the same address.
  history.pushState({ ...history.state, depth: (history.state?.depth ?? 0) + 1 }, "");
  const back = () => {
    isBack = true;
    close();
  };
  addEventListener("popstate", back, { once: true, signal: listening.signal });
  return () => {
    listening.abort();
    if (!isBack && location.href === href) history.back();
  };
}
