"""The checker, run on the product and on sabotaged versions of it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.system.python_process import run_python

pytestmark = pytest.mark.unmeasured

# The first test runs on both set-ups, and checks the product on the same set-up.
EMBEDDED = [] if os.environ.get("REDIS_URL") else ["--embedded"]
SABOTAGED = (
    "--embedded",
    "--no-faults",
    "--pairs=2",
    "--module=tests.faults.broken",
    "--seed=1",
    "--pause=0.1",
    "--photos=0.2",
    "--patience=1",
)


def check(folder: Path, *arguments: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """Run the checker; return its exit code and its findings."""
    path = folder / "result.json"
    arguments = ("--json", str(path), *arguments)
    done = run_python("tests.faults", *arguments, environment={**os.environ, **environment})
    assert path.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(path.read_text())


def test_product_is_clean_under_all_faults(tmp_path: Path) -> None:
    arguments = ["--seconds=12", "--seed=1426", "--pairs=3", "--skip-pauses", *EMBEDDED]
    code, result = check(tmp_path, *arguments)

    assert result["violations"] == {kind: [] for kind in result["violations"]}
    assert code == 0
    assert result["figures"]["faults"] == len(result["schedule"]) > 0
    kinds = (
        "messages_accepted",
        "photos_accepted",
        "edits",
        "deletions",
        "notifications",
        "e_mails",
    )
    for kind in kinds:
        assert result["figures"][kind] > 0


@pytest.mark.without_servers
@pytest.mark.parametrize(
    ("sabotages", "seconds", "kinds"),
    [
        ("drop_events,ignore_client_id", 5, {"lost", "doubled"}),
        ("lose_jobs,leave_jobs", 3, {"not_notified", "mail_lost", "job_unfinished"}),
        (
            "mail_before_commit,forget_edits,keep_deleted,lose_copies,open_links,leave_files",
            3,
            {
                "mail_unexpected",
                "edit_lost",
                "deleted_text_seen",
                "photo_lost",
                "photo_shown",
                "file_left",
            },
        ),
    ],
)
def test_sabotaged_product_is_detected(
    tmp_path: Path, sabotages: str, seconds: int, kinds: set[str]
) -> None:
    arguments = [*SABOTAGED, f"--seconds={seconds}"]
    code, result = check(tmp_path, *arguments, SABOTAGE=sabotages)

    assert code == 1
    assert kinds <= {kind for kind, number in result["verdict"].items() if number}
