import { HEAD_BYTES, kindOf, MAX_MEGABYTES, planSizes } from "../../../live/photos/plan.js";
import { t } from "../../../text/translate.js";

const QUALITY = 0.85;

/** Why a file is not sent, as a text for the user. */
export class NotAPhoto extends Error {}

/**
 * Return `{blob, name, width, height}` of a file: shrunk and without its metadata, unless it is small.
 *
 * What this browser cannot decode stays as it is, with a size of 0, if the server accepts its kind.
 * Throws NotAPhoto.
 */
export async function preparePhoto(file) {
  const kind = await readKind(file);
  const bitmap = await decode(file);
  if (!bitmap) return undecoded(file, kind);
  try {
    const { width, height } = bitmap;
    const sizes = planSizes({ kind, bytes: file.size, width, height });
    if (!sizes.length) return { blob: await copyOf(file), name: `photo.${kind}`, width, height };
    return { blob: await draw(bitmap, sizes), name: "photo.jpeg", ...sizes.at(-1) };
  } finally {
    bitmap.close();
  }
}

async function readKind(file) {
  try {
    return kindOf(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  } catch {
    // It was moved or deleted after it was chosen, or it is a folder.
    throw new NotAPhoto(t("photo.unreadable", { name: file.name }));
  }
}

/** Decode a file with its orientation applied; null if this browser cannot. */
function decode(file) {
  const options = { imageOrientation: "from-image" };
  const retry = (error) => {
    if (error instanceof TypeError) return createImageBitmap(file); // an older browser, which does so anyway
    throw error;
  };
  return createImageBitmap(file, options).catch(retry).catch(() => null);
}

async function undecoded(file, kind) {
  const { name } = file;
  if (!kind) throw new NotAPhoto(t("photo.wrongType", { name }));
  if (file.size > MAX_MEGABYTES * 2 ** 20) {
    throw new NotAPhoto(t("photo.tooLarge", { name, megabytes: MAX_MEGABYTES }));
  }
  return { blob: await copyOf(file), name, width: 0, height: 0 };
}

/** Copy a file to memory: the original can change or vanish before it is sent. */
async function copyOf(file) {
  return new Blob([await file.arrayBuffer()], { type: file.type });
}

/** Draw a picture in these sizes, one after the other; return the last as a JPEG. */
async function draw(bitmap, sizes) {
  let source = bitmap;
  for (const { width, height } of sizes) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    // As on the server. Otherwise transparent parts would become black in a JPEG.
    context.fillStyle = "white";
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, width, height);
    source = canvas;
    await new Promise((resolve) => setTimeout(resolve)); // let the page react between two steps
  }
  return source.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
