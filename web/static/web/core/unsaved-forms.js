const edited = new Set();

/** Note from now on which forms the user edits; a form that fires "saved" or "reset" is clean. */
export function trackForms() {
  document.addEventListener("input", ({ target }) => target.form && edited.add(target.form));
  for (const type of ["saved", "reset"]) {
    document.addEventListener(type, ({ target }) => edited.delete(target));
  }
}

/** Return whether this page shows a form, also a message box, that a reload would empty. */
export function hasUnsavedForm() {
  return [...edited].some((form) => form.isConnected && [...form.elements].some(hasText));
}

function hasText({ value }) {
  return Boolean(value?.trim());
}
