const SIDE = 512;

/**
 * Crop a picture to its central square and scale it down; photos are often several megabytes.
 *
 * If the browser cannot decode the file, return it unchanged, so that the server reports the error.
 */
export async function squarePicture(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const type = file.type === "image/png" ? "image/png" : "image/jpeg";
  const blob = await draw(bitmap).convertToBlob({ type, quality: 0.9 });
  return new File([blob], type === "image/png" ? "picture.png" : "picture.jpg", { type });
}

function draw(bitmap) {
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(Math.min(side, SIDE), Math.min(side, SIDE));
  const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  const { width } = canvas;
  const context = canvas.getContext("2d");
  // As on the server. Otherwise the transparent parts of a logo would become black in a JPEG.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, width);
  context.drawImage(bitmap, x, y, side, side, 0, 0, width, width);
  return canvas;
}
