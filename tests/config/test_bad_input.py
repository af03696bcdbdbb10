"""No client input yields a 5xx, and every error response has one of two shapes."""

import json
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework.response import Response

from messaging.models import Conversation
from tests.config.endpoints import list_endpoints, url_of
from tests.conftest import Client
from tests.factories import access_of
from users.models import User

FIELDS = (
    *("content", "client_id", "trainee_id", "up_to", "email", "password", "token", "platform"),
    *("refresh", "uid", "new_password", "current_password", "code", "message", "first_name"),
    *("last_name", "business_name", "profile_image"),
)
PARAMETERS = (
    "page",
    "before",
    "after",
    "since",
    "since_id",
    "limit",
    "search",
    "archived",
    "format",
)
IDS = [0, 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**30]
CONTENT_TYPES = [
    "",
    "x",
    "text/plain",
    "text/html; charset=nonsense",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=\xe9",
]
DEEP = "[" * 1000 + "]" * 1000
BODIES = {
    "empty": b"",
    "broken": b'{"content": ',
    "bare word": b"hello",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "number": b"5",
    "nan": b'{"content": NaN}',
    "infinity": b'{"up_to": 1e999}',
    "nul": b'{"content": "a\\u0000b", "email": "a\\u0000@example.com", "token": "\\u0000"}',
    "surrogate": b'{"content": "\\ud800", "email": "\\udfff", "password": "\\ud800"}',
    "no utf-8": b'{"content": "\xff\xfe"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"content": "x"}'.encode("utf-16"),
    "deep list": b"[" * 60_000,
    "deep object": b'{"content":' * 5_000 + b"1" + b"}" * 5_000,
    "deep fields": json.dumps(dict.fromkeys(FIELDS)).replace("null", DEEP).encode(),
    "huge number": b'{"trainee_id": ' + b"9" * 60_000 + b"}",
    "many keys": json.dumps({str(number): 1 for number in range(5_000)}).encode(),
    "same key twice": b'{"content": "a", "content": 5}',
    "10 MB": b'{"content": "' + b"x" * 10_000_000 + b'"}',
}

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(IDS),
    st.floats(),
    st.text(st.characters(), max_size=20),
    st.sampled_from(["\ud800", "a\0b", "x" * 3000, "-1", "true", "bob@example.com"]),
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
raw_bodies = st.one_of(
    st.dictionaries(st.sampled_from(FIELDS), values).map(json.dumps).map(str.encode),
    values.map(json.dumps).map(str.encode),
    st.binary(max_size=200),
)
queries = st.dictionaries(
    st.sampled_from(PARAMETERS) | st.text(st.characters(codec="utf-8"), max_size=5),
    st.binary(max_size=12) | st.sampled_from(IDS).map(lambda each: str(each).encode()),
    max_size=3,
).map(
    lambda query: "&".join(
        f"{quote_from_bytes(key.encode())}={quote_from_bytes(value)}"
        for key, value in query.items()
    )
)


@pytest.fixture
def client(alice: User, conversation: Conversation, settings: Any) -> Client:
    """A client signed in as Alice, without throttles."""
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, "off")
    return Client().with_token(access_of(alice))


def assert_answered(response: Response | Any) -> None:
    """Accept success, or an error in one of the two shapes of the contract."""
    assert response.status_code < 500
    if response.status_code < 400:
        return
    body = json.loads(response.content)
    if "detail" in body:
        assert set(body) in ({"detail", "code", "error"}, {"detail", "code"})
        assert body.get("error", body["detail"]) == body["detail"]
        assert all(isinstance(each, str) and each for each in body.values())
    else:
        assert body
        assert all(isinstance(why, str) for each in body.values() for why in each)


def ids_of(number: int) -> dict[str, int]:
    names = ("conversation_id", "message_id", "trainee_id", "trainer_id", "invitation_id")
    return dict.fromkeys(names, number)


def send(
    client: Client, endpoint: str, number: int, body: bytes, kind: str, query: str = ""
) -> None:
    method, url = url_of(endpoint, ids_of(number))
    answer = client.generic(method, f"{url}?{query}", body, kind)  # type: ignore[arg-type]  # bytes work
    assert_answered(answer)


@pytest.mark.parametrize("endpoint", list_endpoints())
def test_invalid_bodies_are_answered(
    client: Client, conversation: Conversation, endpoint: str
) -> None:
    for body in BODIES.values():
        send(client, endpoint, conversation.pk, body, "application/json")


@pytest.mark.parametrize("endpoint", list_endpoints())
def test_other_content_types_are_answered(
    client: Client, conversation: Conversation, endpoint: str
) -> None:
    for kind in CONTENT_TYPES:
        send(client, endpoint, conversation.pk, b'{"content": "x"}', kind)


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_invalid_forms_are_answered(client: Client, kind: str) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="first_name"; filename="\0"\r\n\r\n\xff'

    for body in (b"", b"a=%00&b=%ff", part, part + b"\r\n--x--\r\n", b"--x" * 1_000_000):
        send(client, "PATCH auth/users/me/", 1, body, kind)


@pytest.mark.parametrize("endpoint", list_endpoints())
def test_ids_that_do_not_exist_are_answered(client: Client, endpoint: str) -> None:
    for number in IDS:
        send(client, endpoint, number, b"{}", "application/json")


@hypothesis_settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
    derandomize=True,
)
@given(
    endpoint=st.sampled_from(list_endpoints()),
    number=st.sampled_from(IDS),
    body=raw_bodies,
    query=queries,
)
def test_arbitrary_requests_are_answered(
    client: Client, endpoint: str, number: int, body: bytes, query: str
) -> None:
    send(client, endpoint, number, body, "application/json", query)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (BODIES["broken"], 400, "parse_error"),
        (BODIES["surrogate"], 400, "parse_error"),
        (BODIES["deep list"], 400, "parse_error"),
        (BODIES["deep fields"], 400, "parse_error"),
        (BODIES["10 MB"], 413, "request_too_large"),
    ],
    ids=["broken", "surrogate", "deep", "deep fields", "large"],
)
def test_invalid_json_is_a_parse_error(
    client: Client, conversation: Conversation, body: bytes, status: int, code: str
) -> None:
    url = f"/api/messaging/conversations/{conversation.pk}/send/"

    response: Any = client.generic("POST", url, body, "application/json")  # type: ignore[arg-type]  # bytes work

    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "x", "*/*;q=0", "\xff"])
def test_other_accept_headers_are_answered(client: Client, accept: str) -> None:
    assert_answered(client.get("/api/auth/users/me/", HTTP_ACCEPT=accept))


def test_host_that_is_not_allowed_is_refused(client: Client) -> None:
    response: Any = client.get("/api/messaging/conversations/", HTTP_HOST="evil.example")

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
