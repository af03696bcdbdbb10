"""
Pins the private and undocumented names of libraries that the product uses.

The tests fail for a use that is not listed here, and for a listed name that no longer exists. Thus,
if an upgrade of a library would break the product, these tests fail first and show the name.
"""

import asyncio
import inspect
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import pytest
import uvicorn
from channels.consumer import get_handler_name
from channels.layers import BaseChannelLayer
from channels_redis.serializers import registry
from channels_redis.utils import create_pool, decode_hosts
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.core.paginator import Paginator
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from django.db.models.expressions import Col
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.log import log_response
from redis.asyncio import Redis
from servestatic.asgi import ServeStaticASGI
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from server.connection import LimitedConnection
from server.routing import PathRouter
from tests.server import private_names as scan
from users.models import User


class Named(NamedTuple):
    a: int = 1


# Documented despite the underscore: Django's _meta API, Model._state and managers, named tuples.
PRIVATE: dict[str, Callable[[], bool]] = {
    "_asdict": lambda: Named()._asdict() == {"a": 1},
    "_db": lambda: User.objects.db_manager("x")._db == "x",
    "_default_manager": lambda: User._default_manager is User.objects,
    "_field_defaults": lambda: Named._field_defaults == {"a": 1},
    "_fields": lambda: Named._fields == ("a",),
    "_meta": lambda: all(each.attname and each.column for each in User._meta.concrete_fields),
    "_replace": lambda: Named()._replace(a=2) == (2,),
    "_resource_closers": lambda: HttpResponse()._resource_closers == [],  # type: ignore[attr-defined]
    "_state": lambda: User()._state.adding and User()._state.fields_cache == {},
}
# Hooks that Django documents, in its manual or a docstring, and their parameters.
OVERRIDDEN: dict[str, tuple[type, list[str]]] = {
    "_get_page": (Paginator, ["self", "args", "kwargs"]),
    "_make_hash_value": (PasswordResetTokenGenerator, ["self", "user", "timestamp"]),
}
UNDOCUMENTED = {
    "channels.consumer.get_handler_name",
    "channels_redis.serializers.registry",
    "channels_redis.utils.create_pool",
    "channels_redis.utils.decode_hosts",
    "django.core.handlers.asgi.ASGIHandler",
    "django.core.handlers.asgi.ASGIRequest",
    "django.core.handlers.exception.convert_exception_to_response",
    "django.db.backends.base.base.BaseDatabaseWrapper",
    "django.db.backends.utils.CursorWrapper",
    "django.db.models.base.ModelBase",
    "django.db.models.base.ModelState",
    "django.db.models.expressions.Col",
    "django.db.models.expressions.CombinedExpression",
    "django.utils.log.log_response",
    "redis.asyncio.client.PubSub",
    "servestatic.asgi.ServeStaticASGI",
    "uvicorn.protocols.http.flow_control.FlowControl",
    "uvicorn.protocols.http.httptools_impl.HttpToolsProtocol",
    "uvicorn.protocols.websockets.websockets_sansio_impl.WebSocketsSansIOProtocol",
}


def names_of(uses: Iterable[scan.Use]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for use in uses:
        places.setdefault(use.name, []).append(use.place)
    return places


def test_used_private_names_are_pinned() -> None:
    found = names_of(scan.find_private_uses())

    assert {name: places for name, places in found.items() if name not in PRIVATE} == {}
    assert set(PRIVATE) - set(found) == set()


@pytest.mark.parametrize("name", PRIVATE)
def test_pinned_private_name_exists(name: str) -> None:
    assert PRIVATE[name]()


def test_overridden_private_methods_are_pinned() -> None:
    assert set(names_of(scan.find_private_overrides())) == set(OVERRIDDEN)
    for name, (kind, parameters) in OVERRIDDEN.items():
        assert [*inspect.signature(getattr(kind, name)).parameters] == parameters


def test_imported_undocumented_names_are_pinned() -> None:
    found = names_of(scan.find_undocumented_imports())

    assert {name: places for name, places in found.items() if name not in UNDOCUMENTED} == {}
    assert set(UNDOCUMENTED) - set(found) == set()


# The behaviour of the undocumented names
# ------------------------------------------------------------------------------
def test_django_handlers_behave_as_the_chain_requires(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/api/")

    def fail(_: Any) -> HttpResponse:
        raise ZeroDivisionError

    response: Any = convert_exception_to_response(fail)(request)
    log_response("%s", "again", response=response, request=request)

    assert response.status_code == 500
    assert [each.levelname for each in caplog.records] == ["ERROR"]  # logged only once
    assert issubclass(ASGIRequest, type(request).__mro__[1])
    assert list(inspect.signature(ASGIRequest).parameters) == ["scope", "body_file"]


def test_database_wrapper_has_the_names_for_kept_connections() -> None:
    assert isinstance(connection._connections["default"], BaseDatabaseWrapper)  # type: ignore[attr-defined]  # only the proxy has it
    names = ("close_at", "errors_occurred", "connection", "vendor", "close_if_unusable_or_obsolete")
    assert [name for name in names if not hasattr(connection, name)] == []


def test_models_have_the_names_for_hand_written_sql() -> None:
    state, field = ModelState(), User._meta.get_field("email")

    assert (state.db, state.adding, state.fields_cache) == (None, True, {})
    assert connection.ops.get_db_converters(Col("users_user", field)) is not None
    assert DEFAULT_DB_ALIAS == "default"


def test_channels_has_the_names_for_layer_and_consumers() -> None:
    layer = BaseChannelLayer()

    assert get_handler_name({"type": "access.changed"}) == "access_changed"
    for call in (layer.send("channel", {}), layer.group_send("group", {})):
        with pytest.raises(NotImplementedError):
            asyncio.run(call)


def test_channels_redis_has_the_names_for_the_layer() -> None:
    async def make_pubsub() -> Any:
        (host,) = decode_hosts([{"address": "redis://localhost"}])
        return Redis(connection_pool=create_pool(host)).pubsub(ignore_subscribe_messages=True)

    serializer = registry.get_serializer("msgpack", symmetric_encryption_keys=["key"])
    pubsub = asyncio.run(make_pubsub())

    assert serializer.deserialize(serializer.serialize({"a": 1})) == {"a": 1}
    assert not pubsub.subscribed
    for name in ("subscribe", "unsubscribe", "get_message", "ping", "aclose"):
        assert callable(getattr(pubsub, name))


def test_servestatic_has_the_names_for_static_files() -> None:
    files = ServeStaticASGI(None, autorefresh=False, max_age=60, allow_all_origins=False)

    assert files.files == {}
    assert list(inspect.signature(files.add_files).parameters) == ["root", "prefix"]


# uvicorn's connection
# ------------------------------------------------------------------------------
def make_connection(kind: type[HttpToolsProtocol]) -> HttpToolsProtocol:
    config = uvicorn.Config(PathRouter("/", None, None), lifespan="off", log_config=None)
    return kind(
        config=config, server_state=ServerState(), app_state={}, _loop=asyncio.new_event_loop()
    )


def test_connection_uses_and_overrides_known_attributes_of_uvicorn() -> None:
    (node,) = [node for _, node, found in scan.find_classes() if found is LimitedConnection]
    used, own = scan.list_names_of_self(node)
    theirs = make_connection(HttpToolsProtocol)
    theirs.on_message_begin()  # creates `url`

    lacks = {name for name in used - own if not hasattr(theirs, name)}
    replaced = {name for name in own if hasattr(theirs, name)}

    assert lacks == set()
    assert replaced == {
        "connection_made",
        "connection_lost",
        "cycle",
        "data_received",
        "flow",
        "handle_websocket_upgrade",
        "on_header",
        "on_headers_complete",
        "on_message_begin",
        "on_message_complete",
        "on_response_complete",
        "pause_writing",
        "resume_writing",
        "send_400_response",
        "timeout_keep_alive_handler",
        "transport",
    }
    for name in replaced - {"cycle", "flow", "transport"}:
        ours, base = getattr(LimitedConnection, name), getattr(HttpToolsProtocol, name)
        assert [*inspect.signature(ours).parameters] == [*inspect.signature(base).parameters]


def test_uvicorn_request_and_socket_have_the_names_for_the_connection() -> None:
    of_cycle = inspect.getsource(RequestResponseCycle.__init__)
    assert "self.response_complete = False" in of_cycle
    assert "self.scope = scope" in of_cycle
    assert [*inspect.signature(FlowControl).parameters] == ["transport"]
    assert [*inspect.signature(FlowControl.resume_reading).parameters] == ["self"]
    assert "self.handshake_initiated = False" in inspect.getsource(
        WebSocketsSansIOProtocol.__init__
    )
    assert callable(make_connection(HttpToolsProtocol).parser.should_upgrade)
