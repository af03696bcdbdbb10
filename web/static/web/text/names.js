import { hasVisible } from "./length.js";
import { locale, t } from "./translate.js";

const HUES = 12;
const CONTROLS = /\p{Bidi_Control}/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Return the full name of a person, or their email address.
 *
 * Old names may consist of zero-width spaces, or have controls that turn the text around them.
 */
export function fullName(person) {
  const names = [person?.first_name, person?.last_name].filter(Boolean).join(" ");
  const name = names.replace(CONTROLS, "").trim();
  return (hasVisible(name) && name) || person?.email || t("person.unnamed");
}

/** Return the full name for a sentence or a title: a right-to-left name is isolated from the rest. */
export function nameInSentence(person) {
  const name = fullName(person);
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}

/** Return one or two capital letters for a person without a picture. */
export function initials(person) {
  const letters = [person?.first_name, person?.last_name].map(firstLetter).join("");
  return letters || firstLetter(person?.email) || "?";
}

/** Return the number of a person's avatar colour, 0 to 11. */
export function hue(person) {
  return (person?.id ?? 0) % HUES;
}

/** Return the first letter, digit or emoji, in upper case and with its accents; "" if none. */
function firstLetter(text) {
  const start = text?.search(/[\p{L}\p{N}\p{Extended_Pictographic}]/u) ?? -1;
  if (start < 0) return "";
  return firstGrapheme(text.slice(start)).toLocaleUpperCase(locale);
}

/** Return the first character with its accents; Firefox before 125 returns only the first person of a family. */
function firstGrapheme(text) {
  if (!Intl.Segmenter) return /^.[\p{M}\p{EMod}]*/su.exec(text)[0];
  const [{ segment }] = new Intl.Segmenter().segment(text);
  return segment;
}
