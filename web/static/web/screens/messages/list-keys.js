const STEPS = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** Move the focus between the links of a list by arrows, Home and End. */
export function moveByKey(event) {
  const step = STEPS[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  const index = links.indexOf(document.activeElement);
  if (index < 0) return;
  event.preventDefault();
  links[Math.max(0, Math.min(step(index, links.length - 1), links.length - 1))].focus();
}
