const PHONE = matchMedia("(width < 40rem)");
const GAP_PX = 8;

/**
 * Place a dialog at a point, or below an element, within the window; above it if there is more room.
 *
 * On phones the style sheet places it at the bottom, where a thumb reaches it.
 */
export function place(dialog, element, point) {
  if (PHONE.matches) return;
  const box = element.getBoundingClientRect();
  const { width, height } = dialog.getBoundingClientRect();
  const isOwn = Boolean(element.closest(".own"));
  const start = isOwn === (document.dir !== "rtl") ? box.right - width : box.left;
  const below = box.bottom + GAP_PX;
  const top = below + height > innerHeight ? box.top - GAP_PX - height : below;
  const left = within(point?.x ?? start, innerWidth - width);
  // In a right-to-left page, `left` alone would lose against the dialog's own `inset-inline-end`.
  dialog.style.inset = `${within(point?.y ?? top, innerHeight - height)}px auto auto ${left}px`;
}

function within(value, most) {
  return Math.max(GAP_PX, Math.min(value, most - GAP_PX));
}
