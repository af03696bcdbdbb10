// A URL ends at whitespace, quotes, angle brackets and bidirectional control characters. With the
// latter, a link could be made to look like another link.
const INSIDE = String.raw`[^\s<>"\u0000-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]`;
const ADDRESS = new RegExp(String.raw`(?<![\p{L}\p{N}_@])(?:https?:\/\/|www\.)${INSIDE}+`, "giu");
const TRAILING = /[.,;:!?'’”»*_~…]+$/u;
const PAIRS = { ")": "(", "]": "[", "}": "{" };

/**
 * Split a text into parts, `{text}` or `{text, href}`, in order.
 *
 * Only http and https URLs become links, because other schemes can run scripts.
 */
export function linkify(text) {
  const parts = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const shown = withoutTrailing(found);
    const href = hrefOf(shown);
    if (!href) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: shown, href });
    end = index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Strip punctuation that belongs to the sentence; keep closing brackets that the URL opens. */
function withoutTrailing(address) {
  for (;;) {
    const shorter = withoutOpenBracket(address.replace(TRAILING, ""));
    if (shorter === address) return address;
    address = shorter;
  }
}

function withoutOpenBracket(address) {
  const closing = address.at(-1);
  const opening = PAIRS[closing];
  if (!opening || count(address, opening) >= count(address, closing)) return address;
  return address.slice(0, -1);
}

function count(text, character) {
  return text.split(character).length - 1;
}

function hrefOf(shown) {
  const address = /^www\./i.test(shown) ? `https://${shown}` : shown;
  const url = URL.parse ? URL.parse(address) : parse(address);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  return isWeb && /[\p{L}\p{N}]/u.test(url.hostname) ? url.href : null;
}

function parse(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
