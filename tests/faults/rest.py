"""A client of REST, which moves to another process after each failure."""

import random
import time
from typing import Any

import httpx

from tests.faults.answers import Answer
from tests.faults.web import Web

LONGEST_WAIT_SECONDS = 4.0
"""A client without a response after this many seconds retries at another process."""
PICTURE = "image/"


class Rest:
    """A REST client that moves to another web process after each failure."""

    def __init__(self, webs: list[Web], rng: random.Random, token: str | None = None) -> None:
        self._webs = webs
        self._rng = rng
        self._web = rng.randrange(len(webs))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.AsyncClient(
            headers=headers, timeout=LONGEST_WAIT_SECONDS, trust_env=False
        )

    async def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """
        Send a request once; status 0 means no response. After 0 or 503, switch to another process.

        `path` is below `/api/`, or begins with a slash. `options` are those of httpx.
        """
        place = path if path.startswith("/") else f"/api/{path}"
        url = f"{self._webs[self._web].url}{place}"
        began = time.monotonic()
        try:
            response = await self._http.request(method, url, json=body, **options)
            status, data = response.status_code, _body_of(response)
            headers = dict(response.headers)
        except httpx.TransportError:
            status, data, headers = 0, None, {}
        if status in (0, 503):
            self._web = (self._web + 1) % len(self._webs)
        return Answer(status, data, began, time.monotonic(), headers)

    async def close(self) -> None:
        await self._http.aclose()


def _body_of(response: httpx.Response) -> Any:
    if response.headers.get("content-type", "").startswith(PICTURE):
        return response.content
    try:
        return response.json()
    except ValueError:
        return response.text
