"""The one entry point for HTTP and WebSocket."""

import asyncio
import gc
import os
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from config.handler import ByPath, OneHopHandler  # noqa: E402 - needs the settings
from config.limits import LimitBody  # noqa: E402 - needs the settings
from config.shutdown import drain_on_sigterm  # noqa: E402 - as above
from messaging.routing import sockets  # noqa: E402 - needs the apps
from users.publisher import publisher  # noqa: E402 - as above


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Drain when told to stop, and send what was announced before the process ends."""
    await receive()
    _settle_memory()
    drain_on_sigterm(asyncio.get_running_loop())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await publisher.flush()
    await send({"type": "lifespan.shutdown.complete"})


def _settle_memory() -> None:
    """Have the garbage collector leave alone what was loaded at the start, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


_by_protocol = ProtocolTypeRouter(
    {
        "http": LimitBody(ByPath("/api/", OneHopHandler(), http)),
        "websocket": sockets,
        "lifespan": lifespan,
    }
)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve one connection, and let events leave from this loop."""
    publisher.attach(asyncio.get_running_loop())
    await _by_protocol(scope, receive, send)
