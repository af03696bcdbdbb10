"""What malformed values are answered, and that good ones are kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config import values

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize(
    ("parse", "text", "reason"),
    [
        (values.parse_listening_host, "a b", "use an address of this machine"),
        (values.parse_proxies, "10.0.0.0/24,proxy", "has 'proxy': use addresses or networks"),
        (values.parse_peers, "push:0", "has 'push:0': use host or host:port"),
        (values.parse_sender, "nobody", "is 'nobody': use an address"),
        (values.parse_vapid_key, "short", "is not a key"),
        (values.parse_vapid_subject, "ops", "is 'ops': use mailto:"),
    ],
)
def test_malformed_value_is_refused(parse: Callable[[str], Any], text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(text)


def test_good_values_are_kept() -> None:
    assert values.parse_proxies("10.0.0.0/24, *") == "10.0.0.0/24, *"
    assert values.parse_peers("push,push:8443") == ["push", "push:8443"]
    assert values.parse_vapid_subject("mailto:ops@example.com") == "mailto:ops@example.com"


def test_secret_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="is not a text file"):
        values.parse_secret_file(str(path))
    path.write_text(" \n")
    with pytest.raises(ValueError, match="is empty"):
        values.parse_secret_file(str(path))
