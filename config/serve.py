"""
Serves HTTP and WebSocket: `python -m config.serve [--reload]`, configured by the environment.

With `--reload` it is for development; without, for production, and it asks for DEBUG=0.
"""

import argparse
import logging.config
import os
import resource
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings

from config.environment import Environment, without_traceback
from config.start import check_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SOURCE_FOLDERS = (
    "config",
    "web",
    "trainer",
    "notifications",
    "messaging",
    "users",
    "live",
    "backoffice",
    "server",
    "api",
    "db",
)
# The application closes what is over 4 KiB with 4009; what is over this never reaches it (1009).
LARGEST_FRAME_BYTES = 1024 * 1024
# Below the minute after which proxies cut what is silent. Five thousand sockets that are pinged every
# 20 s, as by default, take four hundredths of a core for it.
PING_SECONDS = 45
# For requests in flight, after the sockets were closed over SHUTDOWN_SPREAD_SECONDS.
SHUTDOWN_SECONDS = 4

env = Environment()


def main() -> None:
    """Serve until told to stop; `HOST`, `PORT` and `WEB_CONCURRENCY` say where and how wide."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reload", action="store_true", help="restart when the code changes")
    arguments = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    _allow_many_connections()
    log_config = _log_config()  # reads .env, so before anything else is asked of the environment
    logging.config.dictConfig(log_config)
    if not arguments.reload:
        check_start(env)
    uvicorn.run(
        "config.asgi:application",
        host=env.str("HOST", default="127.0.0.1"),
        port=env.port("PORT", default=8000),
        workers=1 if arguments.reload else _workers(),
        reload=arguments.reload,
        reload_dirs=[str(root / name) for name in SOURCE_FOLDERS] if arguments.reload else None,
        log_config=log_config,
        # Else each line is put together, and then not written.
        access_log=log_config["root"]["level"] in ("DEBUG", "INFO"),
        http="server.connection:LimitedConnection",
        ws="server.socket_protocol:SocketProtocol",
        ws_max_size=LARGEST_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_SECONDS,
        proxy_headers=bool(env.str("FORWARDED_ALLOW_IPS", default="")),
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def _allow_many_connections() -> None:
    """Take all the open files that the system grants: each connection is one, and 1024 are soon gone."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _workers() -> int:
    """
    Return how many processes to run: `WEB_CONCURRENCY`, or one for each core that this one may use.

    The in-memory channel layer reaches only the sockets of its own process: without Redis it is one.
    """
    wanted: int = env.int("WEB_CONCURRENCY", default=0)
    if env.str("REDIS_URL", default=""):
        return wanted or len(os.sched_getaffinity(0))
    if wanted > 1:
        logging.getLogger(__name__).warning("Without REDIS_URL there is only one process.")
    return 1


def _log_config() -> dict[str, Any]:
    """Return the project's own logging: its filter keeps tokens out of the access log."""
    return settings.LOGGING


if __name__ == "__main__":
    with without_traceback():
        main()
