"""Drives Firefox and WebKit as distributions ship them, which Playwright cannot."""
