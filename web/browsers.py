"""The oldest browsers in which the client works. docs/browsers.md says what decides these versions."""

OLDEST = {"chrome": "105", "firefox": "108", "safari": "16.4"}
"""Edge has Chrome's versions; on iPhones and iPads, every browser has the version of iOS."""
