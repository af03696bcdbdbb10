// Letters that no accent can be taken from.
const PLAIN = { ł: "l", ø: "o", đ: "d", æ: "ae", œ: "oe" };

/**
 * Reduce words to what counts when somebody has to type them: letters and digits.
 *
 * Case, accents, spaces, apostrophes, hyphens, emoji and what cannot be seen do not: there are several
 * of each, of which a keyboard has one or none. Empty if nothing counts.
 */
export function normalizeTyped(words) {
  // By way of capitals, "ß" becomes "ss" and a dotless "ı" an "i".
  const folded = words.normalize("NFKD").toUpperCase().toLowerCase();
  return folded
    .replace(/[^\p{Ll}\p{Lo}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/[łøđæœ]/g, (letter) => PLAIN[letter]);
}

/** Tell whether words can be typed on every keyboard: in Latin letters and digits. */
export function isTypeable(words) {
  return /^[a-z0-9]+$/.test(normalizeTyped(words));
}
