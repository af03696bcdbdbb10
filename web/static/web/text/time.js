import { locale, t } from "./translate.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const clockTime = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const shortDay = dayFormat({});
const datedDay = dayFormat({ year: "numeric" });
const longDay = dayFormat({ weekday: "long" });
const longDatedDay = dayFormat({ weekday: "long", year: "numeric" });

function dayFormat(more) {
  return new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", ...more });
}

/** Format the time of the last activity: "Just now", "5m ago", "2:30 PM", "Yesterday", "Feb 15". */
export function formatListTime(date, now = new Date()) {
  const minutes = Math.floor((now - date) / MINUTE);
  // The server's clock may be ahead of the reader's.
  if (minutes < 1) return t("date.now");
  if (minutes < 60) return t("date.minutesAgo", { count: minutes });
  const days = daysBetween(date, now);
  if (days <= 0) return formatBubbleTime(date);
  if (days === 1) return t("date.yesterday");
  return formatDate(date, now);
}

/** Format a date: "Feb 15", or "Feb 15, 2025" in another year. */
export function formatDate(date, now = new Date()) {
  return (isSameYear(date, now) ? shortDay : datedDay).format(date);
}

/** Format a time of day: "2:30 PM". */
export function formatBubbleTime(date) {
  // Some browsers put a narrow no-break space before PM, which many fonts lack.
  return clockTime.format(date).replace("\u202f", " ");
}

/** Format the heading of a day: "Today", "Yesterday", "Monday, Feb 15", "Monday, Feb 15, 2025". */
export function formatDay(date, now = new Date()) {
  const days = daysBetween(date, now);
  if (days <= 0) return t("date.today");
  if (days === 1) return t("date.yesterday");
  return (isSameYear(date, now) ? longDay : longDatedDay).format(date);
}

/** Return the day in the reader's time zone as "2026-02-15". */
export function dayKey(date) {
  const month = String(date.getMonth() + 1).padStart(2, "0");
  return `${date.getFullYear()}-${month}-${String(date.getDate()).padStart(2, "0")}`;
}

/** Count calendar days, because a day has 23 or 25 hours when clocks change. */
function daysBetween(date, now) {
  return dayNumber(now) - dayNumber(date);
}

function dayNumber(date) {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY;
}

function isSameYear(date, now) {
  return date.getFullYear() === now.getFullYear();
}
