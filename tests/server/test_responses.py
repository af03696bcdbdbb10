"""Django's responses as the server sends them."""

import pytest
from django.http import HttpResponse

from api.error_body import MALFORMED
from server.responses import raw_response_of, refuse

pytestmark = pytest.mark.without_servers


def test_answer_is_not_stored_unless_its_view_says_how_long() -> None:
    silent, spoken = HttpResponse(b"Hi"), HttpResponse(b"Hi", headers={"Cache-Control": "no-cache"})

    assert raw_response_of(silent) == (
        200,
        [
            (b"Content-Type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"content-length", b"2"),
        ],
        b"Hi",
    )
    assert [
        value for name, value in raw_response_of(spoken)[1] if name.lower() == b"cache-control"
    ] == [b"no-cache"]


def test_answer_without_content_has_no_length() -> None:
    response = HttpResponse(status=204)
    response.set_cookie("name", "value")

    status, headers, content = raw_response_of(response)

    assert (status, content) == (204, b"")
    assert b"content-length" not in dict(headers)
    assert dict(headers)[b"set-cookie"] == b"name=value; Path=/"


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ([], b"The request is malformed."),
        ([(b"accept-language", b"fr")], b"The request is malformed."),
        ([(b"accept-language", b"de-AT,en;q=0.5")], b"Die Anfrage ist fehlerhaft."),
    ],
)
def test_refusal_without_django_is_in_the_language_of_the_request(
    headers: list[tuple[bytes, bytes]], detail: bytes
) -> None:
    *_, body = refuse(400, MALFORMED, "bad_request", path="/api/", request_headers=headers)
    *_, page = refuse(400, MALFORMED, "bad_request", path="/x", request_headers=headers)

    text = b'"%b"' % detail
    assert body == b'{"detail":%b,"code":"bad_request","error":%b}' % (text, text)
    assert b"<p>%b</p>" % detail in page
