"""Which of both pytest processes gets what of the arguments of `make test`."""

import pytest

from tests.run import split

MAIN, BROWSER = "tests/test_run.py::test_paths", "tests/e2e/conftest.py::test_story"


@pytest.mark.parametrize(
    ("arguments", "others", "in_browser"),
    [
        ([], [], ["tests/e2e"]),
        (["-x", "-k", "story"], ["-x", "-k", "story"], ["-x", "-k", "story", "tests/e2e"]),
        (["-x", MAIN], ["-x", MAIN], None),
        (["-x", BROWSER], None, ["-x", BROWSER]),
        (["-x", MAIN, BROWSER], ["-x", MAIN], ["-x", BROWSER]),
        (["-x", "tests"], ["-x", "tests"], ["-x", "tests/e2e"]),
    ],
)
def test_paths_go_where_they_belong_and_options_to_both(
    arguments: list[str], others: list[str] | None, in_browser: list[str] | None
) -> None:
    assert split(arguments) == (others, in_browser)
