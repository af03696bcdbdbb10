import { locale, t } from "./translate.js";

const HUES = 12;
// Names can consist of zero-width spaces and the like.
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/u;

/** Return the full name of a person, or their email address. */
export function fullName(person) {
  const name = [person?.first_name, person?.last_name].filter(Boolean).join(" ").trim();
  return (VISIBLE.test(name) && name) || person?.email || t("person.unnamed");
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
  const [{ segment }] = new Intl.Segmenter().segment(text.slice(start));
  return segment.toLocaleUpperCase(locale);
}
