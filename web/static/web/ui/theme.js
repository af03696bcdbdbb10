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
    // In one step, so that a tab that opens meanwhile finds a theme.
    if (isChosen) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is blocked or full: the theme lasts as long as the page.
  }
  dispatchEvent(new CustomEvent("theme-change", { detail: isChosen ? theme : null }));
}
