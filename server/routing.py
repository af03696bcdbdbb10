from typing import Any


class PathRouter:
    """Routes requests under `prefix` to one ASGI application, and all others to another one."""

    def __init__(self, prefix: str, inside: Any, outside: Any) -> None:
        self._prefix, self._inside, self._outside = prefix, inside, outside

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        inside = scope["path"].startswith(self._prefix)
        await (self._inside if inside else self._outside)(scope, receive, send)
