import httpx

from messaging.models import Conversation
from tests.factories import tokens_of
from tests.system.conftest import Join
from tests.system.people import Person, Socket, eventually
from tests.system.server import WebServer
from users.models import User


def test_access_log_shows_no_token(
    here: Join, server: WebServer, bob: User, conversation: Conversation
) -> None:
    guest = here(bob)
    with Socket(f"{server.socket_url}{conversation.pk}/?since=0&token={guest.token}") as socket:
        socket.ping()
    with guest.socket(conversation.pk):
        guest.get("auth/users/me/", token=guest.token, code="an-invitation-code")

    log = eventually(lambda: read_log(server, "/api/auth/users/me/?token="))

    assert f"/ws/messaging/{conversation.pk}/?since=0&token=[redacted]" in log
    assert "/api/auth/users/me/?token=[redacted]&code=[redacted]" in log
    assert guest.token not in log
    assert "an-invitation-code" not in log


def test_access_log_shows_no_secret_of_a_mailed_link(server: WebServer) -> None:
    for path in ("/join%23code=", "/join%2523code%3D", "/join?code=", "/joined%23code="):
        httpx.get(f"{server.url}{path}the-code-of-a-link")
    httpx.get(f"{server.url}/reset-password%23uid=Mg&token=the-code-of-a-link")

    log = eventually(lambda: read_log(server, "/reset-password%23uid"))

    assert "/join%23code%3D[redacted]" in log
    assert "the-code-of-a-link" not in log


def test_debug_log_shows_no_socket_traffic(
    transactional_db: None, bob: User, conversation: Conversation
) -> None:
    with WebServer(LOG_LEVEL="DEBUG") as server:
        guest = Person(server, tokens_of(bob))
        with guest.socket(conversation.pk) as socket:
            guest.send(conversation.pk, "between the two of us")
            socket.receive_until("new_message")
            socket.send(type="authenticate", token=guest.token)
            socket.ping()
        log = server.log.read_text()

    assert f"/ws/messaging/{conversation.pk}/" in log
    assert guest.token not in log
    assert "between the two" not in log


def read_log(server: WebServer, awaited: str) -> str | None:
    log = server.log.read_text()
    return log if awaited in log else None
