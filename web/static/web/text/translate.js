// The modules of each language: its texts, and those that text/later.js adds. To add a language, write
// both files, with the keys of the English ones.
const LANGUAGES = {
  de: [() => import("./de.js"), () => import("./de-later.js")],
  en: [() => import("./en.js"), () => import("./en-later.js")],
};
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

const root = globalThis.document?.documentElement;
const device = [...(globalThis.navigator?.languages ?? []), root?.lang];

/** The codes of all languages. */
export const languages = Object.keys(LANGUAGES);

const chosen = accountLanguage();

/** The code of the language in use: that of the account on this device, else of the browser. */
export const language = languageFor(chosen);

/** Whether the user has chosen the language, instead of the browser. */
export const isChosen = language === chosen;

const [load, loadMore] = LANGUAGES[language];
const { texts, locale: usual } = await load();

/** The locale of the texts and their numbers; dates and times have their own, see time.js. */
export const locale = chooseLocale(language, device) ?? usual;

const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(locale);
if (root) Object.assign(root, { lang: language, dir: RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr" });

/**
 * Return the text of a key, with `{name}` replaced by `params.name`.
 *
 * If the text has plural forms, `params.count` selects one of them.
 */
export function t(key, params) {
  return parts(key, params).join("");
}

/** Return a text as a list, for Lit to render with params that are templates. */
export function parts(key, params = {}) {
  const entry = texts[key];
  const text = typeof entry === "string" ? entry : entry[plurals.select(params.count)];
  return text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? format(params[part]) : part));
}

/** Add the texts of the screens that are rarely opened first. */
export async function loadLater() {
  Object.assign(texts, (await loadMore()).texts);
}

/** Return the language for a user who has chosen `code`, or null to let the browser decide. */
export function languageFor(code) {
  return chooseLanguage([code, ...device], languages);
}

function format(value) {
  return typeof value === "number" ? numbers.format(value) : value;
}

/** Return the first wanted language that is available, by its primary subtag; else English. */
export function chooseLanguage(wanted, available) {
  return wanted.map(primarySubtag).find((code) => available.includes(code)) ?? "en";
}

/** Return the first of the device's locales in a language: they differ in how numbers are written. */
export function chooseLocale(code, wanted) {
  return wanted.find((tag) => primarySubtag(tag) === code && isSupported(tag));
}

/** Return the language of a locale: "de" of "de-AT". */
export function primarySubtag(tag) {
  return tag?.split("-")[0].toLowerCase();
}

/** Return whether `Intl` can format in a locale: some browsers list tags such as "en-US@posix". */
export function isSupported(tag) {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** Return the language that the signed-in user has chosen, or null; see storedUser of core/web-storage.js. */
function accountLanguage() {
  try {
    return JSON.parse(globalThis.localStorage.getItem("me"))?.language;
  } catch {
    return null; // storage is blocked
  }
}
