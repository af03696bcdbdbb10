const KEY = "theme";

/** Return "light", "dark" or "system" (the default). */
export function chosenTheme() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system"; // some private windows forbid storage
  }
}

/** Store a theme for this browser; head.js applies it. */
export function chooseTheme(theme) {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    return; // without storage the device's theme stays
  }
  dispatchEvent(new Event("theme-change"));
}
