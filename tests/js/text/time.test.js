import assert from "node:assert/strict";
import { test } from "node:test";
import {
  currentZone,
  chooseTimeLocale,
  dayKey,
  formatBubbleTime,
  formatDate,
  formatDay,
  formatListTime,
  TimeFormats,
} from "../../../web/static/web/text/time.js";

const american = new TimeFormats("en-US");

// The tests run in New York, where it is a Monday.
const NOON = new Date("2026-02-16T12:00:00-05:00");

test("the list shows the time passed, then the time of day, then the day", () => {
  const times = {
    "2026-02-16T12:00:00-05:00": "Just now",
    "2026-02-16T12:00:30-05:00": "Just now", // the server's clock is ahead
    "2026-02-16T11:59:01-05:00": "Just now",
    "2026-02-16T11:59:00-05:00": "1m ago",
    "2026-02-16T11:55:00-05:00": "5m ago",
    "2026-02-16T11:00:01-05:00": "59m ago",
    "2026-02-16T11:00:00-05:00": "11:00 AM",
    "2026-02-16T00:00:00-05:00": "12:00 AM",
    "2026-02-15T23:59:59-05:00": "Yesterday",
    "2026-02-15T00:00:00-05:00": "Yesterday",
    "2026-02-14T23:59:59-05:00": "Feb 14",
    "2026-01-01T00:00:00-05:00": "Jan 1",
    "2025-12-31T23:59:59-05:00": "Dec 31, 2025",
  };

  for (const [moment, shown] of Object.entries(times)) {
    assert.equal(american.listTime(new Date(moment), NOON), shown, moment);
  }
});

test("a future time is shown as now in the list and as today in a thread", () => {
  const tomorrow = new Date("2026-02-17T09:00:00-05:00");

  assert.equal(american.listTime(tomorrow, NOON), "Just now");
  assert.equal(american.day(tomorrow, NOON), "Today");
});

test("times and days are in the user's time zone", () => {
  assert.equal(american.bubbleTime(new Date("2026-02-16T19:30:00Z")), "2:30 PM");
  assert.equal(dayKey(new Date("2026-02-17T04:59:59Z")), "2026-02-16");
});

test("times and days are in the current zone, also after a journey", (t) => {
  const { TZ } = process.env;
  t.after(() => (process.env.TZ = TZ, currentZone()));
  const moment = new Date("2026-02-16T19:30:00Z");
  assert.deepEqual([currentZone(), formatBubbleTime(moment)], ["America/New_York", "14:30"]);

  process.env.TZ = "Asia/Tokyo";

  assert.deepEqual([currentZone(), formatBubbleTime(moment)], ["Asia/Tokyo", "04:30"]);
  assert.equal(dayKey(moment), "2026-02-17");
});

test("a day heading has the year only if it is another year", () => {
  const headings = {
    "2026-02-16T00:00:00-05:00": "Today",
    "2026-02-15T12:00:00-05:00": "Yesterday",
    "2026-02-09T12:00:00-05:00": "Monday, Feb 9",
    "2025-02-15T12:00:00-05:00": "Saturday, Feb 15, 2025",
  };

  for (const [moment, shown] of Object.entries(headings)) {
    assert.equal(american.day(new Date(moment), NOON), shown, moment);
  }
});

test("a date can be in the future", () => {
  assert.equal(american.date(new Date("2026-12-24T12:00:00-05:00"), NOON), "Dec 24");
  assert.equal(american.date(new Date("2027-01-01T12:00:00-05:00"), NOON), "Jan 1, 2027");
});

test("yesterday is a calendar day across a daylight saving change", () => {
  // 8 March 2026 has 23 hours: 22 h 45 min before 00:15 of the next day is on it.
  const spring = [new Date("2026-03-08T00:30:00-05:00"), new Date("2026-03-09T00:15:00-04:00")];
  // 1 November 2026 has 25 hours: 24 h 40 min before 23:50 is on the same day.
  const autumn = [new Date("2026-11-01T00:10:00-04:00"), new Date("2026-11-01T23:50:00-05:00")];

  assert.equal(american.listTime(...spring), "Yesterday");
  assert.equal(american.listTime(...autumn), "12:10 AM");
});

const PAST = {
  now: "2026-02-16T11:59:30-05:00",
  minutes: "2026-02-16T11:55:00-05:00",
  hours: "2026-02-16T00:05:00-05:00",
  yesterday: "2026-02-15T12:00:00-05:00",
  year: "2026-02-04T12:00:00-05:00",
  before: "2025-02-04T12:00:00-05:00",
};
const LISTS = {
  "en-US": ["Just now", "5m ago", "12:05 AM", "Yesterday", "Feb 4", "Feb 4, 2025"],
  "en-GB": ["Just now", "5m ago", "00:05", "Yesterday", "4 Feb", "4 Feb 2025"],
  "de-DE": ["Jetzt", "Vor 5 Min.", "00:05", "Gestern", "4. Feb.", "4. Feb. 2025"],
  "ar-EG": ["الآن", "قبل ٥ دقائق", "١٢:٠٥ ص", "أمس", "٤ فبراير", "٤ فبراير ٢٠٢٥"],
};
const DAYS = {
  "en-US": ["Today", "Yesterday", "Wednesday, Feb 4", "Tuesday, Feb 4, 2025"],
  "en-GB": ["Today", "Yesterday", "Wednesday 4 Feb", "Tuesday, 4 Feb 2025"],
  "de-DE": ["Heute", "Gestern", "Mittwoch, 4. Feb.", "Dienstag, 4. Feb. 2025"],
  "ar-EG": ["اليوم", "أمس", "الأربعاء، ٤ فبراير", "الثلاثاء، ٤ فبراير ٢٠٢٥"],
};

// Versions of ICU differ in the comma after a British weekday.
const withoutComma = (text) => text.replace(",", "");

for (const [locale, shown] of Object.entries(LISTS)) {
  test(`dates and times are formatted for readers of ${locale}`, () => {
    const formats = new TimeFormats(locale);
    const { now, yesterday, year, before } = PAST;

    const list = Object.values(PAST).map((each) => formats.listTime(new Date(each), NOON));
    const days = [now, yesterday, year, before].map((each) => formats.day(new Date(each), NOON));

    assert.deepEqual(list, shown);
    assert.deepEqual(days.map(withoutComma), DAYS[locale].map(withoutComma));
  });
}

test("the reader's locale formats dates, although the texts are English", () => {
  assert.equal(formatBubbleTime(new Date("2026-02-16T19:30:00Z")), "14:30");
  assert.equal(formatListTime(new Date(PAST.yesterday), NOON), "Hier");
  assert.equal(formatDate(new Date(PAST.year), NOON), "4 févr.");
  assert.equal(formatDay(new Date(PAST.year), NOON), "mercredi 4 févr.");
});

test("a chosen language has the region and the clock of the device", () => {
  const german = new TimeFormats(chooseTimeLocale(["en-US"], "de"));
  const english = new TimeFormats(chooseTimeLocale(["de-DE"], "en"));
  const moment = new Date("2025-02-04T19:30:00Z");

  assert.deepEqual([german.bubbleTime(moment), german.date(moment, NOON)], ["2:30 PM", "4. Feb. 2025"]);
  assert.deepEqual([english.bubbleTime(moment), english.date(moment, NOON)], ["14:30", "4 Feb 2025"]);
  assert.equal(english.listTime(new Date(PAST.yesterday), NOON), "Yesterday");
  assert.equal(chooseTimeLocale(["de-AT", "en"], "de"), "de-AT");
});

test("the first locale that the browser can format in is used", () => {
  assert.equal(chooseTimeLocale(["xx-XX", "en-GB", "de"]), "en-GB");
  assert.equal(chooseTimeLocale(["en-US@posix", "de-AT"]), "de-AT");
  assert.equal(chooseTimeLocale([]), "en-US");
  assert.equal(chooseTimeLocale(), "en-US");
});
