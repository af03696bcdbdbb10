// Letters that Unicode does not decompose, as the server folds them.
const ALIKE = {
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  ħ: "h",
  ı: "i",
  ŧ: "t",
  æ: "ae",
  œ: "oe",
  ß: "ss",
  þ: "th",
};
const APOSTROPHES = /[\u2018\u2019\u02bc\u02bb\u2032\u00b4`]/;
const HYPHENS = /[\u2010-\u2014\u2212]/;
const QUOTED = /["\u201c\u201d\u201e\u00ab\u00bb]([^"\u201c\u201d\u201e\u00ab\u00bb]+)["\u201c\u201d\u201e\u00ab\u00bb]|\S+/g;
const MARKS = /[\p{M}\p{Cf}]/gu;
// Of an excerpt, before the first mark.
const LEAD = 32;
const LATE = 60;

/** Return the words of a query, and its phrases in quotation marks, without case and accents. */
export function wordsOf(query) {
  const found = [...query.matchAll(QUOTED)].map(([word, phrase]) => phrase ?? word);
  return found.map((each) => fold(each).text.trim()).filter(Boolean);
}

/** Return whether a text has all words of `wordsOf`. */
export function hasWords(text, words) {
  const folded = fold(text).text;
  return words.every((word) => folded.includes(word));
}

/** Divide a text into `{text, isMarked}`: the words of `wordsOf` are marked, whatever their case and accents. */
export function markWords(text, words) {
  const pieces = [];
  let end = 0;
  for (const [from, to] of rangesOf(text, words)) {
    if (from > end) pieces.push({ text: text.slice(end, from), isMarked: false });
    pieces.push({ text: text.slice(from, to), isMarked: true });
    end = to;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isMarked: false });
  return pieces;
}

/** Return a text on one line; if its first marked word is far behind the start, from just before it. */
export function excerpt(text, words) {
  const line = text.replace(/\s+/g, " ").trim();
  const [first] = rangesOf(line, words)[0] ?? [0];
  if (first < LATE) return line;
  const space = line.lastIndexOf(" ", first - LEAD);
  return `…${line.slice(space < 0 ? first : space + 1)}`;
}

/** Return the ranges of all words in a text, in order, without overlaps. */
function rangesOf(text, words) {
  const folded = fold(text);
  const found = words.flatMap((word) => [...occurrences(folded, word)]);
  const ranges = [];
  for (const [from, to] of found.sort((one, other) => one[0] - other[0])) {
    const last = ranges.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else ranges.push([from, to]);
  }
  return ranges;
}

function* occurrences({ text, starts, ends }, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    yield [starts[at], ends[at + word.length - 1]];
  }
}

/**
 * Return a text without case and accents, and for each unit of it where its character starts and ends in
 * the original. Marks belong to the character before them.
 */
function fold(original) {
  const [starts, ends] = [[], []];
  let text = "";
  let at = 0;
  for (const character of original) {
    const plain = foldCharacter(character);
    const start = at;
    at += character.length;
    if (!plain) extend(ends, start, at);
    for (let unit = 0; unit < plain.length; unit += 1) {
      starts.push(start);
      ends.push(at);
    }
    text += plain;
  }
  return { text, starts, ends };
}

/** Have the character that ended at `from` end at `to`. */
function extend(ends, from, to) {
  for (let unit = ends.length - 1; ends[unit] === from; unit -= 1) ends[unit] = to;
}

function foldCharacter(character) {
  if (APOSTROPHES.test(character)) return "'";
  if (HYPHENS.test(character)) return "-";
  if (/\s/.test(character)) return " ";
  const lower = character.normalize("NFKD").replace(MARKS, "").toLowerCase().replace(MARKS, "");
  return ALIKE[lower] ?? lower;
}
