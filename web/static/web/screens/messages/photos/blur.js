import { decodeBlurhash } from "../../../live/photos/blurhash.js";

// The browser enlarges these pixels smoothly.
const SIDE = 24;

/** Show the blurred picture of a hash behind an image that is loading. */
export function blur(image, hash) {
  const pixels = decodeBlurhash(hash, SIDE, SIDE);
  if (!pixels) return;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d").putImageData(new ImageData(pixels, SIDE, SIDE), 0, 0);
  image.style.backgroundImage = `url(${canvas.toDataURL()})`;
}
