import { language, languageFor } from "../text/translate.js";
import { isUserStored } from "./web-storage.js";

const YEAR_S = 31_536_000;

/**
 * Follow the language of the signed-in user: store it for the next page, and reload after a sign-in.
 *
 * An impersonator keeps their own language.
 */
export function followLanguage(session) {
  let before = session.state;
  const follow = () => {
    const { state, user, isImpersonating } = session;
    if (isImpersonating || state === "starting") return;
    storeLanguage(user?.language ?? null);
    if (before === "signed-out" && state === "signed-in") reloadInLanguageOf(user);
    before = state;
  };
  session.addEventListener("change", follow);
  follow();
}

/** Tell the server, and the page kept for offline use, in which language pages are; null: the browser decides. */
function storeLanguage(chosen) {
  try {
    const stored = /(?:^|; )language=(\w+)/.exec(document.cookie)?.[1] ?? null;
    if (chosen === stored) return;
    const age = chosen ? YEAR_S : 0;
    document.cookie = `language=${chosen ?? ""}; path=/; max-age=${age}; samesite=lax`;
    // Not the controller: a page that was loaded before the worker, or past it, has none yet.
    navigator.serviceWorker?.ready.then(({ active }) => active.postMessage({ type: "LANGUAGE_CHANGED" }));
  } catch {
    // Cookies are blocked: each page is in the language of the browser.
  }
}

/** Reload a page that is not in the user's language, unless that would end the sign-in. */
function reloadInLanguageOf(user) {
  if (languageFor(user.language) !== language && isUserStored()) location.reload();
}
