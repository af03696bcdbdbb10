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

/** Return a text as it is sent: without surrounding whitespace, and valid Unicode. */
export function trimmed(text) {
  return text.trim().toWellFormed();
}

/** Return whether a text is neither empty nor too long. */
export function isSendable(text) {
  const content = trimmed(text);
  return content !== "" && codePoints(content) <= MAX_LENGTH;
}
