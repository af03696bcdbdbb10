"""`manage.py` explains an unreachable database in one line, and leaves other errors as they are."""

import pytest
from django.db import ProgrammingError

from config import command_line

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize("command", ["worker", "check"])
def test_error_that_is_no_outage_is_raised_as_it_is(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def fail(_arguments: list[str]) -> None:
        raise ProgrammingError("no such table")

    monkeypatch.setattr(command_line, "execute_from_command_line", fail)

    with pytest.raises(ProgrammingError, match="no such table"):
        command_line.run_command(["manage.py", command])
