import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dayKey,
  formatBubbleTime,
  formatDate,
  formatDay,
  formatListTime,
} from "../../../web/static/web/text/time.js";

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
    assert.equal(formatListTime(new Date(moment), NOON), shown, moment);
  }
});

test("a future time is shown as now in the list and as today in a thread", () => {
  const tomorrow = new Date("2026-02-17T09:00:00-05:00");

  assert.equal(formatListTime(tomorrow, NOON), "Just now");
  assert.equal(formatDay(tomorrow, NOON), "Today");
});

test("times and days are in the user's time zone", () => {
  assert.equal(formatBubbleTime(new Date("2026-02-16T19:30:00Z")), "2:30 PM");
  assert.equal(dayKey(new Date("2026-02-17T04:59:59Z")), "2026-02-16");
});

test("a day heading has the year only if it is another year", () => {
  const headings = {
    "2026-02-16T00:00:00-05:00": "Today",
    "2026-02-15T12:00:00-05:00": "Yesterday",
    "2026-02-09T12:00:00-05:00": "Monday, Feb 9",
    "2025-02-15T12:00:00-05:00": "Saturday, Feb 15, 2025",
  };

  for (const [moment, shown] of Object.entries(headings)) {
    assert.equal(formatDay(new Date(moment), NOON), shown, moment);
  }
});

test("a date can be in the future", () => {
  assert.equal(formatDate(new Date("2026-12-24T12:00:00-05:00"), NOON), "Dec 24");
  assert.equal(formatDate(new Date("2027-01-01T12:00:00-05:00"), NOON), "Jan 1, 2027");
});

test("yesterday is a calendar day across a daylight saving change", () => {
  // 8 March 2026 has 23 hours: 22 h 45 min before 00:15 of the next day is on it.
  const spring = [new Date("2026-03-08T00:30:00-05:00"), new Date("2026-03-09T00:15:00-04:00")];
  // 1 November 2026 has 25 hours: 24 h 40 min before 23:50 is on the same day.
  const autumn = [new Date("2026-11-01T00:10:00-04:00"), new Date("2026-11-01T23:50:00-05:00")];

  assert.equal(formatListTime(...spring), "Yesterday");
  assert.equal(formatListTime(...autumn), "12:10 AM");
});
