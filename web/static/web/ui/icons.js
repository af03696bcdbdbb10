import { html } from "lit";

// Paths on a grid of 24 × 24, with a stroke of 1.75 (styles/base.css). Pages from right to left mirror those that
// begin with a small m: they point along the line.
const PATHS = {
  admin: "M12 3l7.5 3v5.5c0 4.4-3 7.9-7.5 9.5-4.5-1.6-7.5-5.1-7.5-9.5V6zM9 12l2.2 2.2L15.2 10",
  alert: "M12 3.5 2.8 19.5h18.4zM12 10v4M12 16.9v.1",
  archive: "M3.5 4.5h17v4h-17zM5 8.5V19a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V8.5M10 12.5h4",
  "arrow-down": "M12 5v14M6 13l6 6 6-6",
  back: "m15 5l-7 7 7 7",
  bell: "M6 10a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4S6 15 6 10M10 20a2.2 2.2 0 0 0 4 0",
  brand:
    "M12 3.5c-5 0-9 3.5-9 8 0 2.5 1.2 4.6 3.1 6.1L5.5 21l3.7-1.8c.9.2 1.8.3 2.8.3 5 0 9-3.5" +
    " 9-8s-4-8-9-8" +
    "M8.5 9v5M15.5 9v5M8.5 11.5h7M6.5 10.3v2.4M17.5 10.3v2.4",
  camera:
    "M4.5 7.5h3l1.5-2.5h6l1.5 2.5h3a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V8.5a1" +
    " 1 0 0 1 1-1" +
    "M12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  "check-double": "M2 12.5l4.5 4.5L15 8M11.5 15.8l1.2 1.2L22 8",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 7.5V12l3 2",
  close: "M6 6l12 12M18 6 6 18",
  compose: "M12 20h8.5M4 16.5V20h3.5L19 8.5 15.5 5z",
  copy: "M9 9h10.5v10.5H9zM6 15H4.5V4.5H15V6",
  eye:
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12" +
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  forward: "m9 5l7 7-7 7",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 11v5.5M12 7.6v.1",
  invitations:
    "M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1M3.5 7l8.5 6 8.5-6",
  messages:
    "M20.5 11.5c0 4.1-3.8 7.5-8.5 7.5-1.1 0-2.1-.2-3.1-.5L4 20l1.3-3.7c-1.1-1.3-1.8-3-1.8-4.8" +
    "C3.5 7.4 7.3 4 12 4s8.5 3.4 8.5 7.5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5",
  offline:
    "M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M12.5 9.5A10 10 0 0 1 19 12.5" +
    "M8.5 16a5 5 0 0 1 6-.7M12 19.4v.1M2 9a15 15 0 0 1 4-2.6M10 5.1A15 15 0 0 1 22 9",
  photo:
    "M4.5 5h15a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1" +
    "M3.5 16.5l5-5 4 4 3-3 5 4.5M15.5 10.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4",
  plus: "M12 5v14M5 12h14",
  reply: "m9.5 6.5L4 12l5.5 5.5M4 12h10.5a5.5 5.5 0 0 1 5.5 5.5v1",
  retry: "M20 11a8 8 0 1 0-.6 4M20.5 5v6h-6",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5 20 20",
  send: "m5.7 12L5.2 4.5 22.2 12 5.2 19.5zM5.7 12h7.5",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5" +
    "M9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  "sign-out": "m14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h10.5M17 8.5l3.5 3.5-3.5 3.5",
  smile:
    "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M8.5 14a4 4 0 0 0 7 0M9 9.5v.1M15 9.5v.1",
  sun:
    "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2" +
    "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  system: "M4 5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1M8.5 20h7M12 16v4",
  trainees:
    "M9 11.5A3.5 3.5 0 1 0 9 4.5a3.5 3.5 0 0 0 0 7M2.5 19.5c0-3.3 2.7-5.5 6.5-5.5s6.5 2.2 6.5 5.5" +
    "M16 4.8a3.5 3.5 0 0 1 0 6.4M17.5 14.4c2.5.6 4 2.5 4 5.1",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10.5 11v5M13.5 11v5",
};

/** Render an icon in the current text colour, hidden from screen readers. */
export function icon(name, options) {
  return drawing(PATHS[name], options);
}

/** Render the path of an icon that only one module uses. */
export function drawing(path, { small = false } = {}) {
  return html`<svg
    class=${small ? "icon icon-small" : "icon"}
    viewBox="0 0 24 24"
    aria-hidden="true"
    focusable="false"
    ><path d=${path}></path
  ></svg>`;
}
