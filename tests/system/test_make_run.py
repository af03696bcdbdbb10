"""`make run` on an empty database, as separate processes."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.system.conftest import manage
from tests.system.people import Person
from tests.system.python_process import run_python
from tests.system.server import WebServer
from users.tokens import TokenPair

PASSWORD = "demo-password-1"
PEOPLE = {
    "admin@example.com": "ADMIN",
    "trainee2@example.com": "TRAINEE",
    "trainee3@example.com": "TRAINEE",
    "trainee@example.com": "TRAINEE",
    "trainer2@example.com": "TRAINER",
    "trainer@example.com": "TRAINER",
}


@pytest.fixture(scope="module")
def demo_server(django_db_setup: None, demo_environment: dict[str, str]) -> Iterator[WebServer]:
    with WebServer("--reload", **demo_environment) as server:
        yield server


def sign_in(server: WebServer, email: str) -> Person:
    body = {"email": email, "password": PASSWORD}
    answer = httpx.post(f"{server.url}/api/auth/jwt/create/", json=body)
    assert answer.status_code == 200, answer.text
    return Person(server, TokenPair(**answer.json()))


def test_last_line_names_the_page_once_it_answers(demo_environment: dict[str, str]) -> None:
    with WebServer("--reload", **demo_environment) as server:
        while "Ready." not in server.log.read_text():
            time.sleep(0.05)
        lines = server.log.read_text().splitlines()

        page = httpx.get(f"{server.url}/")

    assert lines[-1] == f"  Ready. Open {server.url}/ (Ctrl-C stops the server)"
    assert (page.status_code, "<html" in page.text) == (200, True)


def test_occupied_port_is_named(demo_server: WebServer) -> None:
    second = run_python("config.serve", "--reload", environment=demo_server.environment)

    assert second.returncode == 1
    assert second.stderr.splitlines()[-1] == (
        f"Port {demo_server.port} is already in use. Use another one: PORT=8080 make run"
    )


def test_demo_people_sign_in(demo_server: WebServer) -> None:
    guests = [sign_in(demo_server, email) for email in PEOPLE]

    roles = {me["email"]: me["role"] for me in (g.get("auth/users/me/").json() for g in guests)}

    assert roles == PEOPLE


def test_demo_trainer_has_trainees_and_a_conversation_of_two_pages(demo_server: WebServer) -> None:
    trainer = sign_in(demo_server, "trainer@example.com")

    trainees = trainer.get("trainer/trainees/").json()
    conversations = trainer.conversations()
    (maya,) = [c for c in conversations if c["trainee"]["email"] == "trainee@example.com"]
    page = trainer.messages(maya["id"]).json()

    assert (trainees["count"], len(conversations)) == (30, 12)
    assert sum(each["unread_count"] for each in conversations) == 7
    assert (len(page["results"]), page["next"] is not None) == (20, True)


def test_demo_people_exchange_messages_over_rest_and_a_live_socket(demo_server: WebServer) -> None:
    trainer = sign_in(demo_server, "trainer@example.com")
    trainee = sign_in(demo_server, "trainee@example.com")
    me = trainee.get("auth/users/me/").json()
    start = {"trainee_id": me["id"], "content": "Hello Maya"}
    started = trainer.post("messaging/conversations/start/", **start).json()

    with trainee.socket(started["conversation_id"]) as socket:
        live = trainer.send(started["conversation_id"], "Are you there?").json()

        assert socket.receive() == {"type": "new_message", "message": live}
        newest = trainee.messages(started["conversation_id"]).json()["results"]
        assert newest[:2] == [live, started["message"]]


def test_second_demo_keeps_the_data_and_says_how_to_sign_in(
    demo_server: WebServer, demo_environment: dict[str, str]
) -> None:
    trainer = sign_in(demo_server, "trainer@example.com")
    kept = trainer.conversations(), trainer.get("trainer/trainees/").json()

    again = manage("demo", **demo_environment)

    assert again.returncode == 0
    assert all(each in again.stdout for each in (*PEOPLE, PASSWORD))
    assert (trainer.conversations(), trainer.get("trainer/trainees/").json()) == kept


def test_demo_refuses_in_production(demo_environment: dict[str, str]) -> None:
    production = {
        "DEBUG": "0",
        "SECRET_KEY": "0123456789" * 6,
        "REDIS_URL": "redis://127.0.0.1:1",
        "ALLOWED_HOSTS": "example.com",
        "EMAIL_URL": "dummymail://",
        "PUBLIC_URL": "https://example.com",
    }

    refused = manage("demo", **{**demo_environment, **production})

    assert refused.returncode != 0
    assert refused.stderr == (
        "CommandError: Demo users have a public password, so production refuses them.\n"
    )
