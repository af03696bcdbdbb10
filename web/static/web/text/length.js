// The same rules as text/visible.py; tests/text/code-points.json compares them. Signs of Arabic are visible formats.
const UNSEEN = String.raw`\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{DI}\p{NChar}\u2800\ufffc\u{13441}\u{13442}\u{1d159}`;
const SIGNS = String.raw`[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]`;
const VISIBLE = new RegExp(`[^${UNSEEN}]|${SIGNS}`, "u");
// The server strips U+0085 and U+001C to U+001F too, but not U+FEFF.
const SPACE = String.raw`(?!\ufeff)[\s\u001c-\u001f\u0085]`;
const OUTER = new RegExp(`^(?:${SPACE})+|(?<!${SPACE})(?:${SPACE})+$`, "g");

// Halves of a character; Firefox before 119 has no toWellFormed().
const LONE = /\p{Cs}/gu;

/** The server's limit, in code points without surrounding whitespace. */
export const MAX_LENGTH = 2000;

/** The length from which the composer shows a counter. */
export const COUNTER_FROM = 1800;

/** Count code points, not UTF-16 units: 💪 is one code point, but has a `length` of 2. */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Return whether a text has a visible character. */
export function hasVisible(text) {
  return VISIBLE.test(text);
}

/** Return a text as the server stores it: stripped, valid, and in NFC unless only that is too long. */
export function trimmed(text) {
  const content = text.replace(LONE, "\ufffd").replaceAll("\0", "").replace(OUTER, "");
  const normal = content.normalize("NFC");
  return codePoints(normal) > MAX_LENGTH && codePoints(content) <= MAX_LENGTH ? content : normal;
}

/** Return whether a text is not too long, and has a visible character unless there are photos. */
export function isSendable(text, { hasPhotos = false } = {}) {
  const content = trimmed(text);
  return (hasPhotos || hasVisible(content)) && codePoints(content) <= MAX_LENGTH;
}
