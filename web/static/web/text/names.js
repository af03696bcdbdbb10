const HUES = 12;
const NAMELESS = "Someone";
// Names may consist of spaces without a width and the like.
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/u;

/** Return the name to show for a person: both names, else the address. */
export function fullName(person) {
  const name = [person?.first_name, person?.last_name].filter(Boolean).join(" ").trim();
  return (VISIBLE.test(name) && name) || person?.email || NAMELESS;
}

/** Return one or two capital letters for a person without a picture. */
export function initials(person) {
  const letters = [person?.first_name, person?.last_name].map(firstLetter).join("");
  return letters || firstLetter(person?.email) || "?";
}

/** Return which of the avatars' colours a person has, 0 to 11, the same everywhere. */
export function hue(person) {
  return (person?.id ?? 0) % HUES;
}

/** Skip brackets and the like; an emoji or a letter with its accents counts as one. */
function firstLetter(text) {
  const start = text?.search(/[\p{L}\p{N}\p{Extended_Pictographic}]/u) ?? -1;
  if (start < 0) return "";
  const [{ segment }] = new Intl.Segmenter().segment(text.slice(start));
  return segment.toLocaleUpperCase("en-US");
}
