"""
Serves HTTP and WebSocket: `python -m config.serve [--reload]`, configured by the environment.

Use `--reload` for development. Without it, DEBUG must be set explicitly.
"""

import argparse
import logging.config
import os
import resource
import shutil
import tempfile
from pathlib import Path
from typing import Any

import uvicorn
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from prometheus_client import values as prometheus_values

from config.announcement import announce_when_ready
from config.environment import InvalidEnvironment, without_traceback
from config.start_checks import check_start, ensure_port_is_free

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SOURCE_FOLDERS = (
    "config",
    "web",
    "privacy",
    "trainer",
    "notifications",
    "messaging",
    "users",
    "media",
    "live",
    "jobs",
    "backoffice",
    "server",
    "api",
    "db",
    "text",
)
# uvicorn closes a socket with 1009 after a frame above this size. The application closes it with 4009
# after a frame above 4 KiB.
LARGEST_FRAME_BYTES = 1024 * 1024
# Less than the minute after which proxies close idle connections. uvicorn's default of 20 s would
# cost 4% of a core for 5,000 sockets.
PING_SECONDS = 45
# Seconds for running requests to finish after the sockets are closed (see SHUTDOWN_SPREAD_SECONDS).
SHUTDOWN_SECONDS = 4

logger = logging.getLogger("config.serve")  # __name__ may be __main__


def main() -> None:
    """Serve at `HOST` and `PORT` until stopped. Without `--reload`, run `_workers()` processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reload", action="store_true", help="restart when the code changes")
    arguments = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    _allow_many_connections()
    log_config = _log_config()  # first, because the settings read .env
    logging.config.dictConfig(log_config)
    _share_metrics()
    host, port = settings.HOST, settings.PORT
    if arguments.reload:
        ensure_port_is_free(host, port, command="make run")
        announce_when_ready(settings.PUBLIC_URL, host=host, port=port)
    else:
        check_start(command="make serve")
    _serve_metrics()
    logger.info("Version %s.", settings.VERSION)
    uvicorn.run(
        "config.asgi:application",
        host=host,
        port=port,
        workers=1 if arguments.reload else _workers(),
        reload=arguments.reload,
        reload_dirs=[str(root / name) for name in SOURCE_FOLDERS] if arguments.reload else None,
        log_config=log_config,
        # At higher levels, each line would be formatted and then discarded.
        # server.request_log writes it in JSON.
        access_log=settings.LOG_FORMAT == "line" and settings.LOG_LEVEL in ("DEBUG", "INFO"),
        http="server.connection:LimitedConnection",
        ws="server.socket_protocol:SocketProtocol",
        ws_max_size=LARGEST_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_SECONDS,
        proxy_headers=False,  # see server.client_address
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def _share_metrics() -> None:
    """Make all processes count in one folder; those that start later read its name when they import."""
    if settings.METRICS_PORT:
        name = f"messaging-metrics-{os.getuid()}-{settings.METRICS_PORT}"
        folder = Path(tempfile.gettempdir()) / name
        shutil.rmtree(folder, ignore_errors=True)  # of a server that has ended
        folder.mkdir(mode=0o700)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        prometheus_values.ValueClass = prometheus_values.get_value_class()  # type: ignore[no-untyped-call]  # untyped


def _serve_metrics() -> None:
    """Serve the metrics of all processes from this one, which outlives them."""
    if settings.METRICS_PORT:
        from jobs.metrics import serve_metrics  # noqa: PLC0415 - after `_share_metrics`

        try:
            serve_metrics()
        except ImproperlyConfigured as error:
            raise InvalidEnvironment(str(error)) from error


def _allow_many_connections() -> None:
    """Raise the limit on open files, usually 1024, to the maximum. Each connection is an open file."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _workers() -> int:
    """
    Return the number of processes: `WEB_CONCURRENCY`, or one per available core.

    Without Redis, return 1: the in-memory channel layer does not reach other processes.
    """
    wanted: int = settings.WEB_CONCURRENCY
    if settings.REDIS_URLS:
        return wanted or len(os.sched_getaffinity(0))
    if wanted > 1:
        logger.warning("WEB_CONCURRENCY is ignored: without REDIS_URL there is one process.")
    return 1


def _log_config() -> dict[str, Any]:
    """Return the project's logging configuration, which also keeps tokens out of uvicorn's access log."""
    return settings.LOGGING


if __name__ == "__main__":
    with without_traceback():
        main()
