/** The longest message in code points, outer white space taken off, as the server counts. */
export const MAX_LENGTH = 2000;

/** From this length on the composer shows a counter. */
export const COUNTER_FROM = 1800;

/** Count code points, not UTF-16 units: an emoji such as 💪 is one, and two in `length`. */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Return a text as it is sent and counted: without outer white space, and valid Unicode. */
export function trimmed(text) {
  return text.trim().toWellFormed();
}

/** Tell whether a text can be sent: something in it, and not too long. */
export function isSendable(text) {
  const content = trimmed(text);
  return content !== "" && codePoints(content) <= MAX_LENGTH;
}
