"""What malformed values are answered, and that good ones are kept."""

from collections.abc import Callable
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
        (values.parse_unread_wait, "week", "is 'week': use one of off, hour, day"),
        (values.parse_vapid_subject, "ops", "is 'ops': use mailto:"),
        (values.parse_internal_path, "/a b/", "is not a path such as /internal-media/"),
    ],
)
def test_malformed_value_is_refused(parse: Callable[[str], Any], text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(text)


@pytest.mark.parametrize(
    ("parse", "text", "parsed"),
    [
        (values.parse_listening_host, "0.0.0.0", "0.0.0.0"),  # noqa: S104 - what HOST may be
        (values.parse_proxies, "10.0.0.2, 10.0.0.0/24, *", "10.0.0.2, 10.0.0.0/24, *"),
        (values.parse_peers, "push,push:8443", ["push", "push:8443"]),
        (values.parse_sender, "Gym <gym@example.com>", "Gym <gym@example.com>"),
        (values.parse_vapid_key, 42 * "A" + "E", 42 * "A" + "E"),
        (values.parse_unread_wait, "hour", "hour"),
        (values.parse_vapid_subject, "mailto:ops@example.com", "mailto:ops@example.com"),
        (values.parse_internal_path, "/internal-media/", "/internal-media/"),
    ],
)
def test_good_value_is_kept(parse: Callable[[str], Any], text: str, parsed: object) -> None:
    assert parse(text) == parsed
