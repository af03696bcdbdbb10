/** Let people copy the texts of messages only, without their times and authors. */
export function copyTextsOnly() {
  document.addEventListener("copy", (event) => {
    const texts = selectedTexts(getSelection());
    if (!texts) return;
    event.clipboardData.setData("text/plain", texts.join("\n"));
    event.preventDefault();
  });
}

/** Return the selected texts of messages, or null if the selection is not in a history. */
function selectedTexts(selection) {
  const range = selection.rangeCount ? selection.getRangeAt(0) : null;
  const common = range?.commonAncestorContainer;
  const element = common?.nodeType === Node.TEXT_NODE ? common.parentElement : common;
  // Inside one text the browser copies exactly what is selected.
  if (!element?.closest(".history") || element.closest(".bubble-text")) return null;
  const texts = [...range.cloneContents().querySelectorAll(".bubble-text")];
  return texts.map((each) => each.textContent).filter((text) => text !== "");
}
