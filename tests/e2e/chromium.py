"""
Finds or downloads a Chromium: `python -m tests.e2e.chromium` prints its path.

It tries a Chromium on the PATH, then Playwright's own download, then the system's package (as root),
and chooses the first that runs. If none runs, it prints one line that says so, and exits with 1.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from typing import Any

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A Chromium without windows, in which pages take half the CPU time. It has no notifications and no
# back/forward cache.
HEADLESS_SHELL = "chromium-headless-shell"
# Chromium renders the address bar's suggestions even for invisible windows, which takes a third of a
# page's CPU time.
POPUPS = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
# Chromium uses only the last --disable-features, so this repeats the list that Playwright passes.
DISABLED_BY_PLAYWRIGHT = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
# No sandbox, because containers and root cannot provide one; no GPU; no background traffic.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    f"--disable-features={','.join((*POPUPS, *DISABLED_BY_PLAYWRIGHT))}",
)
# Playwright passes this flag by default. Without it, pages enter the back/forward cache, as in
# people's browsers.
IGNORED_FLAGS = ("--disable-back-forward-cache",)
PACKAGE_MANAGERS = {
    "apt-get": (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-qq", "--yes", "--no-install-recommends", HEADLESS_SHELL),
        ("apt-get", "install", "-qq", "--yes", "--no-install-recommends", "chromium"),
    ),
    "dnf": (("dnf", "install", "-q", "-y", "chromium"),),
    "apk": (("apk", "add", "--quiet", "chromium"),),
    "pacman": (("pacman", "-Sy", "--noconfirm", "--quiet", "chromium"),),
    "zypper": (("zypper", "--quiet", "--non-interactive", "install", "chromium"),),
}
DOWNLOAD_SECONDS = 300
UNAVAILABLE = (
    "The browser tests need Chromium, and none could be found, downloaded or installed"
    " (Debian: apt-get install chromium)"
)


class ChromiumUnavailable(Exception):
    """No Chromium runs and none can be installed; the message is one line that says what to do."""


def launch_options(*, needs_windows: bool = True) -> dict[str, Any]:
    """
    Return Playwright's options to launch Chromium. Raise ChromiumUnavailable.

    With `needs_windows=False`, the options launch the headless shell if it is on the PATH.
    """
    path = find_chromium()
    return {
        "executable_path": path if needs_windows else _find_headless_shell() or path,
        "args": list(FLAGS),
        "ignore_default_args": list(IGNORED_FLAGS),
    }


@cache
def find_chromium() -> str:
    """Find or install a Chromium that runs, and return its path. Raise ChromiumUnavailable."""
    for find in (_on_the_path, _from_playwright, _from_the_system):
        if path := find():
            return path
    raise ChromiumUnavailable(UNAVAILABLE)


@cache
def _find_headless_shell() -> str | None:
    path = shutil.which(HEADLESS_SHELL)
    return path if path and _runs(path) else None


def _on_the_path() -> str | None:
    return next(filter(_runs, filter(None, map(shutil.which, NAMES))), None)


def _from_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    download = (sys.executable, "-m", "playwright", "install", "--no-shell", "chromium")
    return path if _runs(path) or (_fetch("Playwright", download) and _runs(path)) else None


def _from_the_system() -> str | None:
    if os.geteuid() != 0:
        return None
    for manager, commands in PACKAGE_MANAGERS.items():
        if shutil.which(manager):
            return _on_the_path() if _fetch(manager, *commands) else None
    return None


def _fetch(source: str, *commands: tuple[str, ...]) -> bool:
    """Run the commands quietly; return whether the last one, the installation, succeeded."""
    print(f"Fetching Chromium from {source} (once)", file=sys.stderr, flush=True)
    return [_succeeds(command, DOWNLOAD_SECONDS) for command in commands][-1]


def _runs(path: str) -> bool:
    """Return whether a browser can start; a stub, or one without its libraries, cannot."""
    return _succeeds((path, "--version"), seconds=30)


def _succeeds(command: tuple[str, ...], seconds: int) -> bool:
    try:
        subprocess.run(
            command,
            check=True,
            timeout=seconds,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def main() -> int:
    try:
        print(find_chromium())
    except ChromiumUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
