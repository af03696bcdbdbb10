const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

/**
 * Decode a blurhash into the RGBA pixels of a small picture; return null if it is not one.
 *
 * The format: https://github.com/woltapp/blurhash/blob/master/Algorithm.md
 */
export function decodeBlurhash(hash, width, height) {
  const digits = [...(hash ?? "")].map((digit) => DIGITS.indexOf(digit));
  if (digits.length < 6 || digits.includes(-1)) return null;
  const columns = (digits[0] % 9) + 1;
  const rows = Math.floor(digits[0] / 9) + 1;
  if (digits.length !== 4 + 2 * columns * rows) return null;
  const factors = factorsOf(digits);
  return draw(factors, { columns, rows, width, height });
}

const read = (digits, from, to) => digits.slice(from, to).reduce((value, digit) => value * 83 + digit, 0);

/** Return the factors of all components in linear RGB: the average colour, then the waves. */
function factorsOf(digits) {
  const average = read(digits, 2, 6);
  const factors = [[average >> 16, (average >> 8) & 255, average & 255].map(toLinear)];
  const largest = (digits[1] + 1) / 166;
  for (let at = 6; at < digits.length; at += 2) {
    const value = read(digits, at, at + 2);
    const parts = [Math.floor(value / 361), Math.floor(value / 19) % 19, value % 19];
    factors.push(parts.map((part) => waveOf(part) * largest));
  }
  return factors;
}

function waveOf(part) {
  const value = (part - 9) / 9;
  return Math.sign(value) * value ** 2;
}

function draw(factors, { columns, rows, width, height }) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const sum = [0, 0, 0];
    for (let each = 0; each < columns * rows; each += 1) {
      const [i, j] = [each % columns, Math.floor(each / columns)];
      const basis = Math.cos((Math.PI * x * i) / width) * Math.cos((Math.PI * y * j) / height);
      for (let colour = 0; colour < 3; colour += 1) sum[colour] += factors[each][colour] * basis;
    }
    pixels.set([...sum.map(toSrgb), 255], at * 4);
  }
  return pixels;
}

function toLinear(value) {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function toSrgb(value) {
  const share = Math.min(1, Math.max(0, value));
  const srgb = share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055;
  return Math.round(srgb * 255);
}
