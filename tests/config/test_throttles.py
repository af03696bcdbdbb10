"""Every route has a rate limit, or a reason why it needs none."""

import pytest
from django.urls import get_resolver

from tests.config.endpoints import is_endpoint, list_routes

pytestmark = pytest.mark.without_servers

# By view, because several routes may share one.
UNLIMITED_ENDPOINTS = {
    "SchemaView": "serves a file",
    "SendMessageView": "the service counts accepted messages",
    "MessageView": "the services count changes with the messages",
    "ReactionView": "the services count changes with the messages",
    "StartConversationView": "the service counts accepted messages",
}
UNLIMITED_PAGES = {
    "download_export": "refuses links without a valid signature before any query",
    "favicon": "serves a file",
    "healthz": "asks nothing behind the process",
    "readyz": "asks at most once a second",
    "serve": "serves files",
    "service_worker": "serves a file",
    "shell": "makes no query",
    "unknown": "makes no query",
    "unknown_endpoint": "makes no query",
    "unsubscribe": "refuses links without a valid signature before any query",
    "web_manifest": "serves a file",
}


def test_every_route_has_a_throttle_or_a_reason() -> None:
    routes = list(list_routes(get_resolver().url_patterns))

    unlimited = {
        view.__name__ for _, view in routes if is_endpoint(view) and not view.throttle_classes
    }
    # The admin's pages need a sign-in, which is limited.
    pages = {
        view.__name__
        for route, view in routes
        if not is_endpoint(view) and not route.startswith("admin/")
    }

    assert unlimited == set(UNLIMITED_ENDPOINTS)
    assert pages == set(UNLIMITED_PAGES)
