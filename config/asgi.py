"""The ASGI entry point for HTTP and WebSocket."""

import asyncio
import gc
import os
from typing import Any

import django
from channels.routing import ProtocolTypeRouter
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
gc.disable()  # until the end of this module: loading leaves no garbage
django.setup(set_prefix=False)

from jobs.worker import worker  # noqa: E402 - needs the apps
from live.handshake_limit import LimitHandshakes  # noqa: E402 - needs the settings
from live.publisher import publisher  # noqa: E402 - needs the apps
from live.registry import open_sockets  # noqa: E402 - needs the apps
from messaging.routing import sockets  # noqa: E402 - needs the apps
from notifications.jobs import KINDS as NOTIFICATIONS  # noqa: E402 - as above
from server.body_limits import LimitBody  # noqa: E402 - as above
from server.client_address import ClientAddress  # noqa: E402 - as above
from server.garbage import tune_garbage_collection  # noqa: E402 - as above
from server.handler import OneHopHandler  # noqa: E402 - needs the settings
from server.hosts import AllowedHosts  # noqa: E402 - as above
from server.one_core import one_core  # noqa: E402 - as above
from server.pages import PageHandler  # noqa: E402 - as above
from server.password_forms import FewPasswordForms  # noqa: E402 - as above
from server.request_log import LoggedRequests  # noqa: E402 - as above
from server.routing import PathRouter  # noqa: E402 - as above
from server.shutdown import drain_on_sigterm  # noqa: E402 - as above
from server.slots import make_password_slots  # noqa: E402 - as above
from server.static_files import build_static_files  # noqa: E402 - as above

# Seconds for which a stopping process waits for running jobs.
JOB_SECONDS = 3


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """
    Start the worker. On shutdown, wait up to `JOB_SECONDS` for its jobs, then send pending events.

    SIGTERM stops the worker and drains the sockets before the shutdown begins. Without a SIGTERM, the
    shutdown itself stops the worker.
    """
    await receive()
    tune_garbage_collection()
    if settings.ONE_CORE:
        one_core.start()
    drain_on_sigterm(asyncio.get_running_loop(), _drain)
    if settings.JOBS_IN_WEB:
        worker.start(without=() if settings.PUSH_IN_WEB else NOTIFICATIONS)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    worker.stop()
    await asyncio.to_thread(worker.join, JOB_SECONDS)
    await publisher.flush()
    await send({"type": "lifespan.shutdown.complete"})


async def _drain() -> None:
    worker.stop()
    await open_sockets.drain(settings.SHUTDOWN_SPREAD_SECONDS)


_passwords = make_password_slots()
_password_forms = FewPasswordForms(PageHandler(), _passwords)
_pages = PathRouter(settings.STATIC_URL, build_static_files(), _password_forms)
_by_protocol = ProtocolTypeRouter(
    {
        "http": LimitBody(PathRouter("/api/", OneHopHandler(_passwords), _pages)),
        "websocket": LimitHandshakes(sockets),
        "lifespan": lifespan,
    }
)
_logged = LoggedRequests(AllowedHosts(_by_protocol))
_checked = ClientAddress(_logged, settings.FORWARDED_ALLOW_IPS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve a request, a socket or the lifespan; publish events on the same event loop."""
    publisher.attach(asyncio.get_running_loop())
    await _checked(scope, receive, send)


gc.enable()
