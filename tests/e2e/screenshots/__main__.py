"""
Takes a picture of every screen and state: `python -m tests.e2e.screenshots [--only NAME …]`.

It saves the pictures to var/screenshots/ at three widths and in two themes, with a contact sheet for
each width and theme, and copies the README's pictures to docs/images/. Each width and theme has its own
server and its own copy of the database, so that its scenes do not affect those of another.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.e2e.chromium import ChromiumUnavailable, launch_options
from tests.e2e.screenshots.camera import HEIGHTS, Camera
from tests.e2e.screenshots.pictures import SHOTS, make_sheet, path_of, publish
from tests.e2e.screenshots.scenes import SCENES
from tests.e2e.screenshots.zone import hours_east
from tests.e2e.servers import SETTINGS, UNLIMITED
from tests.system.python_process import ROOT
from tests.system.server import WebServer

THEMES = ("light", "dark")
FILL = "import django; django.setup(); from tests.e2e.screenshots.seed import main; main()"
PATIENCE_MS = 10_000
Ids = dict[str, dict[str, int]]


def main() -> int:
    """Take the requested pictures, and print where they are."""
    arguments = _parse()
    signal.signal(signal.SIGTERM, _leave)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    SHOTS.mkdir(parents=True, exist_ok=True)
    try:
        options = launch_options()
    except ChromiumUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    expect.set_options(timeout=PATIENCE_MS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        filled, ids = fill(Path(folder))
        browser = playwright.chromium.launch(**options)
        results = [
            take_all(browser, filled, ids, width, theme, arguments.only)
            for width in arguments.width
            for theme in arguments.theme
        ]
    print(f"The pictures are in {SHOTS.relative_to(ROOT)}/")
    publish()
    return 0 if all(results) else 1


def fill(folder: Path) -> tuple[Path, Ids]:
    """Create the database that is copied for every server; return its path and the ids in it."""
    filled = folder / "filled.sqlite3"
    hours_east()
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{filled}", "REDIS_URL": ""}
    command = [sys.executable, "-c", FILL]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    ids: Ids = json.loads(done.stdout)
    return filled, ids


def take_all(
    browser: Browser, filled: Path, ids: Ids, width: int, theme: str, names: list[str]
) -> bool:
    """Take the pictures of one width and theme, on one server; return whether all succeeded."""
    print(f"{width} px, {theme}", flush=True)
    database = shutil.copy(filled, filled.with_name(f"{width}-{theme}.sqlite3"))
    environment = {"DATABASE_URL": f"sqlite:///{database}", "REDIS_URL": ""}
    # Static files are served from the checkout, so they need not be collected.
    environment |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "TEST_STATIC_FROM": "checkout"}
    with WebServer(**environment, **UNLIMITED) as server:
        camera = Camera(browser, server.url, ids, width, theme)
        taken = [name for name in names if take(camera, name)]
        camera.close()
    make_sheet(list(SCENES), width, theme)
    return len(taken) == len(names)


def take(camera: Camera, name: str) -> bool:
    """Take one picture; return whether the scene succeeded."""
    path = path_of(name, camera.width, camera.theme)
    path.unlink(missing_ok=True)
    try:
        camera.shoot(SCENES[name](camera), path)
    except (AssertionError, Error) as error:
        print(f"{path.name}: {error}", file=sys.stderr)
        camera.reset()
        return False
    return True


def _leave(signum: int, frame: FrameType | None) -> NoReturn:
    """Exit, which also stops the server and the browser."""
    sys.exit(128 + signum)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots", description=__doc__)
    add = parser.add_argument
    add("--only", nargs="+", choices=SCENES, default=list(SCENES), help="names of scenes")
    add("--width", nargs="+", type=int, choices=HEIGHTS, default=list(HEIGHTS))
    add("--theme", nargs="+", choices=THEMES, default=list(THEMES))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
