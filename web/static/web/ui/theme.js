const KEY = "theme";
const THEMES = ["light", "dark"];

/** Return "light", "dark" or "system" (the default), as head.js has applied it. */
export function chosenTheme() {
  return document.documentElement.dataset.theme ?? "system";
}

/** Store a theme for this browser, if possible; head.js applies it. */
export function chooseTheme(theme) {
  const isChosen = THEMES.includes(theme);
  try {
    localStorage.removeItem(KEY);
    if (isChosen) localStorage.setItem(KEY, theme);
  } catch {
    // Storage is blocked or full: the theme lasts as long as the page.
  }
  dispatchEvent(new CustomEvent("theme-change", { detail: isChosen ? theme : null }));
}
