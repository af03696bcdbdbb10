"""The options of pytest in each process that runs tests against mutants."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ("-p", "no:xdist", "-p", "no:cacheprovider", "-q")
