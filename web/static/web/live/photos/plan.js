/** The most photos of a message. */
export const MAX_PHOTOS = 10;

/** The largest file that the server accepts, in megabytes of 1024 × 1024 bytes. */
export const MAX_MEGABYTES = 10;

/** The number of bytes at the start of a file from which `kindOf` can tell what it is. */
export const HEAD_BYTES = 32;

const LONG_SIDE = 2560;
// Smaller files are sent as they are, if the server accepts their kind.
const SMALL_BYTES = 1_000_000;

const SIGNS = [
  ["jpeg", "ÿØÿ"],
  ["png", "\x89PNG"],
  ["gif", "GIF8"],
];
const HEIC_BRANDS = /^(?:hei[cxms]|hev[cxms]|mif1|msf1)/;

/** Return "jpeg", "png", "gif", "webp" or "heic" by the first bytes of a file; null for all others. */
export function kindOf(bytes) {
  const head = String.fromCharCode(...bytes);
  const found = SIGNS.find(([, sign]) => head.startsWith(sign));
  if (found) return found[0];
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "webp";
  const isHeic = head.slice(4, 8) === "ftyp" && HEIC_BRANDS.test(head.slice(8));
  return isHeic ? "heic" : null;
}

/**
 * Return the sizes in which to draw a photo, one after the other; none if the file can stay as it is.
 *
 * Each size is at least half the one before, because browsers look at few pixels of the original.
 */
export function planSizes({ kind, bytes, width, height }) {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
  if (scale === 1 && kind && kind !== "heic" && bytes <= SMALL_BYTES) return [];
  const sizes = [];
  for (let step = 0.5; step > scale; step /= 2) sizes.push(scaled(width, height, step));
  return [...sizes, scaled(width, height, scale)];
}

function scaled(width, height, scale) {
  const size = (side) => Math.max(1, Math.round(side * scale));
  return { width: size(width), height: size(height) };
}
