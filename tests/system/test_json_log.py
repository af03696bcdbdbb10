"""The log of production: a line of JSON per request and socket, without anything that people wrote."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from messaging.models import Conversation
from tests.factories import tokens_of
from tests.system.people import Person, eventually
from tests.system.server import WebServer
from users.models import User

SECRET = "planted-secret"
ADDRESS = "planted@secret.example"


@pytest.fixture
def server(transactional_db: None) -> Iterator[WebServer]:
    with WebServer(LOG_FORMAT="json", EMAIL_URL="dummymail://") as running:
        yield running


def read_lines(server: WebServer) -> list[dict[str, Any]]:
    """Return the log; each line must be JSON."""
    return [json.loads(line) for line in server.log.read_text().splitlines()]


def line_of(server: WebServer, request_id: str) -> dict[str, Any]:
    def find() -> dict[str, Any] | None:
        found = [
            each
            for each in read_lines(server)
            if each["logger"] == "access" and each["request_id"] == request_id
        ]
        return found[0] if found else None

    return eventually(find)


def test_request_has_a_line_with_route_user_status_and_duration(
    server: WebServer, bob: User, conversation: Conversation
) -> None:
    guest = Person(server, tokens_of(bob))
    headers = {"Authorization": f"Bearer {guest.token}", "X-Request-ID": "from-the-proxy.1"}

    response = httpx.get(
        f"{server.url}/api/messaging/conversations/{conversation.pk}/messages/", headers=headers
    )
    line = line_of(server, "from-the-proxy.1")

    assert response.headers["x-request-id"] == "from-the-proxy.1"
    assert line.pop("duration_ms") > 0
    assert line.pop("process") > 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "access",
        "message": "GET api/messaging/conversations/<id:conversation_id>/messages/ 200",
        "method": "GET",
        "route": "api/messaging/conversations/<id:conversation_id>/messages/",
        "status": 200,
        "user_id": bob.pk,
        "request_id": "from-the-proxy.1",
    }


@pytest.mark.parametrize("sent", ["a b", "x" * 65, ADDRESS])
def test_id_that_is_not_sane_is_replaced(server: WebServer, sent: str) -> None:
    first, second = (
        httpx.get(f"{server.url}/sign-in", headers={"X-Request-ID": sent}) for _ in range(2)
    )

    ids = [each.headers["x-request-id"] for each in (first, second)]
    assert ids[0] != ids[1]
    assert sent not in ids
    assert line_of(server, ids[0])["route"] == "sign-in"


def test_socket_has_a_line_with_its_user(
    server: WebServer, bob: User, conversation: Conversation
) -> None:
    with Person(server, tokens_of(bob)).socket(conversation.pk) as socket:
        socket.ping()

    def find() -> list[dict[str, Any]]:
        return [each for each in read_lines(server) if each.get("method") == "WEBSOCKET"]

    (line,) = eventually(find)
    assert (line["route"], line["user_id"]) == ("ws/messaging/<id>/", bob.pk)


def test_files_and_health_checks_have_no_line_and_refused_hosts_are_named(
    server: WebServer,
) -> None:
    httpx.get(f"{server.url}/healthz")
    refused = httpx.get(f"{server.url}/sign-in", headers={"Host": "evil.example"})
    line_of(server, refused.headers["x-request-id"])

    lines = read_lines(server)
    assert "healthz" not in str(lines)
    assert [each["message"] for each in lines if "evil" in str(each)] == [
        "Refused the host 'evil.example', which is not in ALLOWED_HOSTS."
    ]


def test_nothing_that_people_wrote_is_in_the_log(
    server: WebServer, alice: User, bob: User, conversation: Conversation
) -> None:
    trainer = Person(server, tokens_of(alice))
    headers = {
        "Authorization": f"Bearer {trainer.token}",
        "Cookie": f"refresh_token={SECRET}",
        "Referer": f"https://x.example/{SECRET}",
        "User-Agent": SECRET,
        "X-Forwarded-For": SECRET,
    }
    with httpx.Client(base_url=server.url, headers=headers) as client:
        client.get("/api/trainer/trainees/", params={"search": ADDRESS})
        client.get("/api/messaging/conversations/", params={SECRET: SECRET, "page": SECRET})
        client.get(f"/api/{SECRET}/{ADDRESS}/")
        client.get(f"/{SECRET}/{ADDRESS}?next={SECRET}")
        client.get(f"/join%23code={SECRET}")
        client.get(f"/media/{SECRET}.jpg")
        client.get(f"/static/{SECRET}.js")
        client.get(f"/admin/{SECRET}/?q={SECRET}")
        client.post("/api/auth/jwt/create/", json={"email": ADDRESS, "password": SECRET})
        client.post("/api/auth/jwt/refresh/", json={"refresh": SECRET})
        client.post("/api/auth/users/reset_password/", json={"email": ADDRESS})
        client.post("/api/trainer/invitations/", json={"email": ADDRESS, "message": SECRET})
        client.post("/api/users/device-token/", json={"token": SECRET, "platform": "ios"})
        client.patch("/api/auth/users/me/", json={"first_name": SECRET})
        client.post(
            f"/api/messaging/conversations/{conversation.pk}/send/", json={"content": SECRET}
        )
        client.post("/api/messaging/conversations/start/", content=f'{{"{SECRET}'.encode())
        client.post("/api/auth/jwt/create/", headers={"Content-Type": SECRET}, content=b"x")
        client.get("/sign-in", headers={"Host": f"{ADDRESS}:1"})
        last = client.get("/sign-in", headers={"Authorization": f"Bearer {SECRET}"})
    with trainer.socket(conversation.pk) as socket:
        socket.send(type=SECRET, text=SECRET)
        socket.ping()
    line_of(server, last.headers["x-request-id"])

    eventually(lambda: "WEBSOCKET" in server.log.read_text() or None)
    log = server.log.read_text()
    for secret in (SECRET, ADDRESS, ADDRESS.replace("@", "%40"), trainer.token):
        assert secret not in log
