import * as english from "./en.js";

// To add a language, map its code to a function that imports its texts, a file like en.js.
const LANGUAGES = {};

const root = globalThis.document?.documentElement;
const wanted = [...(globalThis.navigator?.languages ?? []), root?.lang];

/** The code of the language in use. */
export const language = chooseLanguage(wanted, Object.keys(LANGUAGES));

const { texts, locale } = (await LANGUAGES[language]?.()) ?? english;
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(locale);
if (root) root.lang = language;

/** The locale of the texts and their numbers; dates and times have their own, see time.js. */
export { locale };

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
  const entry = texts[key] ?? english.texts[key];
  const text = typeof entry === "string" ? entry : entry[plurals.select(params.count)];
  return text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? format(params[part]) : part));
}

function format(value) {
  return typeof value === "number" ? numbers.format(value) : value;
}

/** Return the first wanted language that is available, by its primary subtag; else English. */
export function chooseLanguage(wanted, available) {
  const codes = wanted.map((each) => each?.split("-")[0].toLowerCase());
  return codes.find((code) => code === "en" || available.includes(code)) ?? "en";
}
