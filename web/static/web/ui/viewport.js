/**
 * Shrink the page above an on-screen keyboard that covers it, as in Safari on iOS.
 *
 * Other browsers support `interactive-widget=resizes-content`. Does nothing on a zoomed page.
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
