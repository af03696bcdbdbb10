import httpx
import pytest

from tests.refusals import refusal
from tests.system.conftest import Join
from tests.system.server import WebServer
from users.models import User


def test_response_has_a_length_unless_it_has_no_content(here: Join, alice: User) -> None:
    her = here(alice)

    full = her.get("messaging/unread-count/")
    empty = her.http.request("DELETE", "users/device-token/", json={"token": "no-such-device"})

    assert full.headers["content-length"] == str(len(full.content))
    assert empty.status_code == 204
    assert "content-length" not in empty.headers
    assert "transfer-encoding" not in empty.headers


@pytest.mark.parametrize("path", ["nope.js", "..%2fmanage.py", "%ff%00.js", "web/"])
def test_static_file_that_does_not_exist_is_not_found(server: WebServer, path: str) -> None:
    response = httpx.get(f"{server.url}/static/{path}")

    assert response.status_code == 404
    assert response.json() == refusal("Not found.", "not_found")


def test_static_file_has_content_type_and_nosniff_but_no_cookie(server: WebServer) -> None:
    response = httpx.get(f"{server.url}/static/admin/css/base.css")

    assert response.headers["content-type"].startswith("text/css")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not {"set-cookie", "content-security-policy"} & set(response.headers)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("messaging/conversations/", 200),
        ("messaging/conversations/1/messages/", 404),
        ("nothing/", 404),
        ("docs/", 200),
    ],
)
def test_api_response_is_not_cached(here: Join, alice: User, path: str, status: int) -> None:
    answer = here(alice).get(path)

    assert (answer.status_code, answer.headers.get_list("cache-control")) == (status, ["no-store"])


def test_error_response_is_not_cached(server: WebServer) -> None:
    answer = httpx.get(f"{server.url}/api/messaging/conversations/")

    assert (answer.status_code, answer.headers.get_list("cache-control")) == (401, ["no-store"])
