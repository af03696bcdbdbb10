// One emoji as people see it: a flag, a keycap, or a picture with its skin tone, its joined parts and its tags.
// A sign that is text by default, such as ©, is an emoji only with U+FE0F or a skin tone.
const PICTURE = String.raw`(?:(?!\p{RI})\p{Emoji_Presentation}\ufe0f?|\p{Extended_Pictographic}\ufe0f|\p{Extended_Pictographic}(?=\p{EMod}))\p{EMod}?`;
const JOINED = String.raw`(?:\u200d\p{Extended_Pictographic}\ufe0f?\p{EMod}?)*`;
const TAGS = String.raw`(?:[\u{e0020}-\u{e007e}]+\u{e007f})?`;
const EMOJI = String.raw`(?:\p{RI}{2}|[\d#*]\ufe0f?\u20e3|${PICTURE}${JOINED}${TAGS})`;

const ONE = new RegExp(`^${EMOJI}$`, "u");
const FEW = new RegExp(String.raw`^\s*(?:${EMOJI}\s*){1,3}$`, "u");

/** Return whether a text is exactly one emoji, however many code points it has. */
export function isEmoji(text) {
  return ONE.test(text);
}

/** Return whether a text has one to three emoji and nothing else; such a message is shown large. */
export function isFewEmoji(text) {
  return FEW.test(text);
}
