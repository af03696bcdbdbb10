"""Runs the tests: selects them, starts their servers, and runs several pytest processes side by side."""
