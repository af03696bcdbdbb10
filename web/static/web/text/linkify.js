// Whatever ends an address: whitespace, quotes, CJK punctuation, emoji, and characters that cannot be
// seen. With the latter, a link could be made to look like another link.
const END =
  String.raw`\s<>"“”„«»‹›\x60\\\u3000-\u3004\u3008-\u3020\u3030\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65` +
  String.raw`\u2800\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Extended_Pictographic}`;
// Chinese and the like are written without spaces, so only these letters belong to the same word.
const WORD = String.raw`\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}_`;
const LABELS = String.raw`(?:[a-z\d][a-z\d\-]*\.)+[a-z]{2,24}(?![${WORD}@\-]|\.[${WORD}])`;
const FOUND = new RegExp(
  [
    String.raw`(?<web>(?<![${WORD.slice(0, -1)}@])(?:https?:\/\/|(?<![_.\/\-])www\.)[^${END}]+)`,
    String.raw`(?<mail>(?<![${WORD}@\/%+\-])[a-z\d_%+\-]+(?:\.[a-z\d_%+\-]+)*@${LABELS})`,
    String.raw`(?<bare>(?<![${WORD}@.\/\-])${LABELS}(?::\d{1,5}(?!\d))?(?:[\/?#][^${END}]*)?)`,
    String.raw`(?<phone>(?<![${WORD}.,\/+#€$£=%\-]|\d[ .\-\/:(])[+(02-9][\d ().\-\/]{6,24}\d(?![${WORD}%€$£:\/\-]|[.,]\d))`,
  ].join("|"),
  "giu",
);
const TRAILING = /[.,;:!?'’‘…،؛؟।۔]+$/u;
const PAIRS = { ")": "(", "]": "[", "}": "{" };

// Without "https://", only these ends make a domain. The second list is also words and file names, so
// it needs "www." or a path. A list of all would make a link of "README.md" and "do.it".
const DOMAINS = wordSet(
  `com net org edu gov info biz app dev io ai co tv fm gg ly eu uk de ch fr nl es pt dk se fi cz sk hu ro
  bg gr ie ru ua tr cn jp kr tw hk sg au nz br mx ar cl ca za fitness coach yoga`,
);
const AMBIGUOUS = wordSet(`it is in no so to at be me my us am do la id il pl md rs sh li lu xyz shop
  store site online blog club link page news`);
const FOREIGN = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}`;
const HOST_BEFORE_CJK = new RegExp(String.raw`^[a-z\d.:\/\-]*\.([a-z]{2,})(?=[${FOREIGN}])`, "iu");

// International, national as in most of Europe, French, North American.
const PHONES = [
  [/^(?:\+|00)(?:1|7|[2-9]\d)(?:[ .\-\/(]{0,2}\d|\)){7,12}$/, 8, 13],
  [/^(?:\(0\d{1,5}\)|0\d{2,5})[ \-\/]?\d{2,9}(?:[ \-]\d{2,5}){0,3}$/, 9, 12],
  [/^0\d(?:[ .]\d\d){4}$/, 10, 10],
  [/^(?:\([2-9]\d\d\) ?|[2-9]\d\d[.\-])\d{3}[.\-]\d{4}$/, 10, 10],
];

/**
 * Split a text into parts, `{text}` or `{text, href}`, in order.
 *
 * Only web and mail addresses and telephone numbers become links, because other schemes can run
 * scripts. What looks like one address but leads to another does not become a link.
 */
export function linkify(text) {
  const parts = [];
  let end = 0;
  for (const { found, index, groups } of matches(text)) {
    if (index < end) continue;
    const { shown, href } = linkOf(found, groups, text[index - 1]);
    if (!href) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: shown, href });
    end = index + shown.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function matches(text) {
  return [...text.matchAll(FOUND)].map(({ 0: found, index, groups }) => ({ found, index, groups }));
}

function linkOf(found, { mail, phone, bare }, before) {
  if (mail) return { shown: mail, href: mailHref(mail) };
  if (phone) return phoneLink(phone);
  const shown = withoutTrailing(uncut(found), before);
  return { shown, href: bare && !isDomain(shown) ? null : webHref(shown) };
}

function wordSet(words) {
  return new Set(words.split(/\s+/));
}

// Web addresses
// ------------------------------------------------------------------------------
/** Cut what follows a host without a space, as in Chinese sentences. */
function uncut(address) {
  const [host, domain] = HOST_BEFORE_CJK.exec(address) ?? [];
  return DOMAINS.has(domain?.toLowerCase()) ? host : address;
}

/**
 * Strip punctuation that belongs to the sentence, and the mark of *emphasis* if it is also before
 * the address; keep closing brackets that the address opens.
 */
function withoutTrailing(address, before) {
  const mark = "*_~".includes(before) ? before : "";
  for (;;) {
    const bare = mark && address.endsWith(mark) ? address.slice(0, -1) : address;
    const shorter = withoutOpenBracket(bare.replace(TRAILING, ""));
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

/** Return whether a bare host is a domain. "Great.It" is not: the end has to be in lower case. */
function isDomain(shown) {
  const [, host, rest] = /^([^:\/?#]+)(.*)$/s.exec(shown);
  const end = host.slice(host.lastIndexOf(".") + 1);
  const isCased = end === end.toLowerCase() || host === host.toUpperCase();
  const isClear = DOMAINS.has(end.toLowerCase()) || (rest !== "" && AMBIGUOUS.has(end));
  return isCased && isClear;
}

function webHref(shown) {
  const address = /^https?:\/\//i.test(shown) ? shown : `https://${shown}`;
  const [, authority] = /^https?:\/\/([^\/?#]*)/i.exec(address);
  const url = isMisleading(authority) ? null : parse(address);
  return url && /[\p{L}\p{N}]/u.test(url.hostname) && isAsShown(url, authority) ? url.href : null;
}

/** Return whether the host is not what it looks like: a user name, escapes, mixed alphabets. */
function isMisleading(authority) {
  if (/[@%]/.test(authority)) return true;
  const isMixed = (label) => /\p{Script=Latin}/u.test(label) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(label);
  return authority.split(".").some(isMixed);
}

/** Return whether an IPv4 address is complete: browsers read "1.1" as 1.0.0.1. */
function isAsShown({ hostname }, authority) {
  return !/^[\d.]+$/.test(hostname) || authority.replace(/:\d*$/, "") === hostname;
}

function parse(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

// Mail addresses and telephone numbers
// ------------------------------------------------------------------------------
function mailHref(address) {
  const [name, host] = address.split("@");
  // "google.com@evil.example" looks like a page of google.com.
  const looksLikeHost = name.includes(".") && DOMAINS.has(name.split(".").at(-1).toLowerCase());
  return looksLikeHost ? null : `mailto:${encodeURIComponent(name)}@${host}`;
}

/** Return the longest start of a run of numbers that is a telephone number. */
function phoneLink(run) {
  for (let shown = run; shown; shown = shown.replace(/ *[^ ]+$/, "")) {
    const digits = shown.replace(/^(\+\d+ ?)\(0\)/, "$1").replace(/\D/g, "");
    const dialed = digits.replace(/^00/, "");
    const isPhone = ([pattern, least, most]) =>
      pattern.test(shown) && dialed.length >= least && dialed.length <= most;
    if (PHONES.some(isPhone)) return { shown, href: `tel:${shown[0] === "+" ? "+" : ""}${digits}` };
  }
  return { shown: run, href: null };
}
