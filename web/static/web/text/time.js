import { isChosen, isSupported, language, locale, primarySubtag, t } from "./translate.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Return the first of the reader's locales that dates can be formatted in; else that of the texts.
 *
 * If the user has chosen another language than the device's, it is that language with the device's region
 * and 12 or 24 hours.
 */
export function chooseTimeLocale(wanted = [], chosen = null) {
  const device = wanted.find(isSupported) ?? locale;
  if (!chosen || primarySubtag(device) === chosen) return device;
  const { region } = new Intl.Locale(device).maximize();
  const { hourCycle } = new Intl.DateTimeFormat(device, { timeStyle: "short" }).resolvedOptions();
  return new Intl.Locale(chosen, { region, hourCycle }).toString();
}

/**
 * Formats dates and times by the conventions of a locale, in the reader's time zone.
 *
 * Words such as "Yesterday" are from our texts if these are in the locale's language, else from
 * the browser.
 */
export class TimeFormats {
  #locale;
  #hasTexts;
  #ago;
  #clock;

  constructor(timeLocale) {
    this.#locale = timeLocale;
    this.#hasTexts = new Intl.Locale(timeLocale).language === language;
    this.#ago = new Intl.RelativeTimeFormat(timeLocale, { numeric: "auto", style: "short" });
    this.#clock = this.#dates({ timeStyle: "short" });
  }

  /** Format the time of the last activity: "Just now", "5m ago", "2:30 PM", "Yesterday", "Feb 15". */
  listTime(date, now = new Date()) {
    const minutes = Math.floor((now - date) / MINUTE);
    // The server's clock may be ahead of the reader's.
    if (minutes < 1) return this.#word(t("date.now"), 0, "second");
    if (minutes < 60) return this.#word(t("date.minutesAgo", { count: minutes }), minutes, "minute");
    const days = daysBetween(date, now);
    if (days <= 0) return this.bubbleTime(date);
    if (days === 1) return this.#word(t("date.yesterday"), 1, "day");
    return this.date(date, now);
  }

  /** Format a date: "Feb 15", or "Feb 15, 2025" in another year. */
  date(date, now = new Date()) {
    return this.#dates({ month: "short", day: "numeric", ...yearIfOther(date, now) }).format(date);
  }

  /** Format a time of day: "2:30 PM". */
  bubbleTime(date) {
    // Some browsers put a narrow no-break space before PM, which many fonts lack.
    return this.#clock.format(date).replace("\u202f", " ");
  }

  /** Format the heading of a day: "Today", "Yesterday", "Monday, Feb 15", "Monday, Feb 15, 2025". */
  day(date, now = new Date()) {
    const days = daysBetween(date, now);
    if (days <= 0) return this.#word(t("date.today"), 0, "day");
    if (days === 1) return this.#word(t("date.yesterday"), 1, "day");
    const parts = { weekday: "long", month: "short", day: "numeric", ...yearIfOther(date, now) };
    return this.#dates(parts).format(date);
  }

  #word(text, count, unit) {
    if (this.#hasTexts) return text;
    const word = this.#ago.format(-count, unit);
    return word.charAt(0).toLocaleUpperCase(this.#locale) + word.slice(1);
  }

  #formats = new Map();

  /** Formats are kept, because creating one is slow. */
  #dates(options) {
    const key = Object.keys(options).join();
    const format = this.#formats.get(key) ?? new Intl.DateTimeFormat(this.#locale, options);
    this.#formats.set(key, format);
    return format;
  }
}

/** The locale of dates and times. */
export const timeLocale = chooseTimeLocale(globalThis.navigator?.languages, isChosen ? language : null);
// A format keeps the time zone in which it was made.
let zone = deviceZone();
let formats = new TimeFormats(timeLocale);

/** Return the device's time zone, in which times are formatted from now on. */
export function currentZone() {
  if (deviceZone() !== zone) [zone, formats] = [deviceZone(), new TimeFormats(timeLocale)];
  return zone;
}

function deviceZone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export const formatListTime = (date, now) => formats.listTime(date, now);
export const formatDate = (date, now) => formats.date(date, now);
export const formatBubbleTime = (date) => formats.bubbleTime(date);
export const formatDay = (date, now) => formats.day(date, now);

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

function yearIfOther(date, now) {
  return date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
}
