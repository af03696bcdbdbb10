"""Finds or installs Firefox and WebKit: `python -m tests.e2e.webdriver.packages` prints their paths."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

INSTALL_SECONDS = 600
# Something else may be installed at the same time.
APT = ("apt-get", "-o", "DPkg::Lock::Timeout=300")


class BrowserUnavailable(Exception):
    """A browser is missing and cannot be installed; the message is one line that says what to do."""


@dataclass(frozen=True)
class Package:
    """
    A browser, and the Debian packages that have it.

    `programs` has, for each program that is needed, the names or the patterns of paths where it may be.
    """

    name: str
    packages: tuple[str, ...]
    programs: tuple[tuple[str, ...], ...]

    def find(self) -> list[str] | None:
        """Return the paths of the programs, or None if one is missing."""
        found = [next(filter(None, map(_find_program, each)), None) for each in self.programs]
        return [each for each in found if each] if all(found) else None


FIREFOX = Package("Firefox", ("firefox-esr",), (("firefox-esr", "firefox"),))
WEBKIT = Package(
    "WebKit",
    ("webkit2gtk-driver", "xvfb"),
    (
        ("WebKitWebDriver",),
        ("/usr/lib/*/webkit*gtk-*/MiniBrowser", "/usr/libexec/webkit*gtk-*/MiniBrowser"),
        ("Xvfb",),
    ),
)


@cache
def find(package: Package) -> list[str]:
    """Find or install a browser, and return the paths of its programs. Raise BrowserUnavailable."""
    found = package.find()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(package)
        found = package.find()
    if not found:
        raise BrowserUnavailable(
            f"The browser tests need {package.name}, and it could not be found or installed"
            f" (Debian: apt-get install {' '.join(package.packages)})"
        )
    return found


def _find_program(pattern: str) -> str | None:
    if not pattern.startswith("/"):
        return shutil.which(pattern)
    return next((str(path) for path in sorted(Path("/").glob(pattern[1:]))), None)


def _install(package: Package) -> None:
    print(f"Installing {package.name} with apt-get (once)", file=sys.stderr, flush=True)
    for command in (
        (*APT, "update", "-qq"),
        (*APT, "install", "-qq", "--yes", "--no-install-recommends", *package.packages),
    ):
        subprocess.run(
            command,
            check=False,
            timeout=INSTALL_SECONDS,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def main() -> int:
    try:
        for package in (FIREFOX, WEBKIT):
            print(package.name, *find(package))
    except BrowserUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
