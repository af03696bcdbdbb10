// Letters that Unicode does not decompose.
const PLAIN = { ł: "l", ø: "o", đ: "d", æ: "ae", œ: "oe" };

/**
 * Reduce words to lower-case letters and digits, to compare them with a typed confirmation.
 *
 * No keyboard has all accents and emoji, or all kinds of spaces, apostrophes and hyphens.
 */
export function normalizeTyped(words) {
  // Upper case first: "ß" becomes "ss" and a dotless "ı" becomes "i".
  const folded = words.normalize("NFKD").toUpperCase().toLowerCase();
  return folded
    .replace(/[^\p{Ll}\p{Lo}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/[łøđæœ]/g, (letter) => PLAIN[letter]);
}

/** Return whether words have only Latin letters and digits, which every keyboard can type. */
export function isTypeable(words) {
  return /^[a-z0-9]+$/.test(normalizeTyped(words));
}
