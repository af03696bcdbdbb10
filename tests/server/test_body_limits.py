import asyncio
from typing import Any

import pytest

from server.body_limits import read_body

pytestmark = pytest.mark.without_servers


def test_body_can_arrive_in_parts() -> None:
    parts = iter(
        [
            {"type": "http.request", "body": b"to", "more_body": True},
            {"type": "http.request", "body": b"gether"},
        ]
    )

    async def receive() -> Any:
        return next(parts)

    assert asyncio.run(read_body(receive)) == b"together"
