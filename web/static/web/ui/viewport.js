/**
 * Keep the page above the on-screen keyboard where the browser lays it over (Safari on iOS).
 *
 * Elsewhere `interactive-widget=resizes-content` does it. Leaves the page alone while it is zoomed.
 */
export function followViewport(viewport = window.visualViewport) {
  const fit = () => {
    const root = document.documentElement;
    const isCovered = viewport.scale === 1 && innerHeight - viewport.height > 1;
    if (isCovered) root.style.setProperty("--viewport-height", `${viewport.height}px`);
    else root.style.removeProperty("--viewport-height");
    if (isCovered) scrollTo(0, 0);
  };
  viewport?.addEventListener("resize", fit);
}
