const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Return 1 for the arrow key that points along the line of the page's direction, -1 for the other, else 0. */
export function stepOf(key) {
  return (STEPS[key] ?? 0) * (document.dir === "rtl" ? -1 : 1);
}
