const KEY = "theme";

/** Return "light", "dark" or, where people leave it to their device, "system". */
export function chosenTheme() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system"; // storage is forbidden in some private windows
  }
}

/** Keep a theme for this browser; the classic script of the page's head puts it on. */
export function chooseTheme(theme) {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    return; // nothing to keep it in, so the device's theme stays
  }
  dispatchEvent(new Event("theme-change"));
}
