"""What the server tells browsers about the client's pages and files."""

import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client as Browser
from django.test import RequestFactory

from server.static_files import compress_files, lean_headers
from tests.web.pages import open_page
from users.models import User

NONCE = re.compile(r"'nonce-([^']{20,})'")


def policy_of(page: Any) -> dict[str, set[str]]:
    directives = [each.split() for each in page["content-security-policy"].split(";")]
    return {name: set(values) for name, *values in directives}


def test_policy_allows_our_own_files_and_nothing_inline(settings: Any) -> None:
    policy = policy_of(open_page())

    pictures = {"'self'", "blob:", "data:", settings.PUBLIC_URL}
    (nonce,) = [each for each in policy.pop("script-src") if each != "'self'"]
    assert NONCE.fullmatch(nonce)
    assert policy == {
        "default-src": {"'none'"},
        "style-src": {"'self'"},
        "img-src": pictures,
        "font-src": {"'self'"},
        "connect-src": {"'self'", settings.PUBLIC_URL.replace("http", "ws", 1)},
        "manifest-src": {"'self'"},
        "worker-src": {"'self'"},
        "form-action": {"'self'"},
        "base-uri": {"'none'"},
        "frame-ancestors": {"'none'"},
        "require-trusted-types-for": {"'script'"},
        "trusted-types": {"lit-html", "service-worker"},
    }


def test_nonce_is_new_for_each_answer_and_on_the_import_map() -> None:
    pages = [open_page() for _ in range(3)]

    nonces = [NONCE.findall(each["content-security-policy"]) for each in pages]
    assert len({each for (each,) in nonces}) == 3
    for page, (nonce,) in zip(pages, nonces, strict=True):
        assert f'<script type="importmap" nonce="{nonce}">' in page.text
        assert page.text.count(nonce) == 1


def test_page_has_no_inline_script_style_or_handler() -> None:
    page = open_page().text

    scripts = re.findall(r"<script(?![^>]* src=)[^>]*>", page)
    assert [each for each in scripts if 'type="importmap"' not in each] == []
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)


def test_admin_has_the_same_policy_but_for_trusted_types(client: Browser, alice: User) -> None:
    ours, admins = policy_of(open_page()), policy_of(client.get("/admin/login/"))

    for policy in (ours, admins):
        policy["script-src"] = {each for each in policy["script-src"] if "nonce" not in each}
    del ours["require-trusted-types-for"], ours["trusted-types"]
    assert admins == ours


def test_worker_may_serve_the_whole_site_and_is_asked_for_each_time(client: Browser) -> None:
    response = client.get("/sw.js")

    assert (response["content-type"], response["cache-control"]) == ("text/javascript", "no-cache")
    assert response["service-worker-allowed"] == "/"


def answered(
    middleware: Any,
    headers: dict[str, str],
    method: str = "GET",
    path: str = "/static/a.js",
    **request: str,
) -> Any:
    """Let a middleware answer a request for a static file of 50 KB in three parts."""

    async def serve(_: HttpRequest) -> HttpResponseBase:
        async def parts() -> Any:
            for each in (b"one " * 5000, b"two " * 5000, b"three "):
                yield each

        return StreamingHttpResponse(
            parts(), headers={"Content-Type": "text/javascript", **headers}
        )

    asked = RequestFactory().generic(method, path, headers=request)
    return async_to_sync(middleware(serve))(asked)


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("gzip, br, zstd", "br")])
def test_development_compresses_files_whole(accepted: str, encoding: str) -> None:
    response = answered(compress_files, {}, **{"accept-encoding": accepted})

    assert response["content-encoding"] == encoding
    assert response["vary"] == "Accept-Encoding"
    assert int(response["content-length"]) == len(response.content) < 500


def test_development_leaves_the_rest_as_it_is() -> None:
    asked = {"accept-encoding": "gzip, br"}
    answers = [
        answered(compress_files, {"Content-Type": "image/png"}, **asked),
        answered(compress_files, {"Content-Encoding": "gzip"}, **asked),
        answered(compress_files, {}, path="/media/a.js", **asked),
        answered(compress_files, {}, method="HEAD", **asked),
    ]

    assert [each.streaming for each in answers] == [True] * 4


def test_file_that_never_changes_has_no_header_for_asking_again() -> None:
    about = {
        "ETag": "x",
        "Last-Modified": "x",
        "Referrer-Policy": "x",
        "X-Content-Type-Options": "x",
    }

    kept = answered(lean_headers, {**about, "Cache-Control": "max-age=9, public, immutable"})
    changing = answered(lean_headers, {**about, "Cache-Control": "max-age=0, public"})
    page = answered(lean_headers, about, path="/messages")

    assert set(kept.headers) == {"Content-Type", "Cache-Control", "X-Content-Type-Options"}
    assert set(changing.headers) == {*kept.headers, "ETag", "Last-Modified"}
    assert set(page.headers) == {"Content-Type", *about}
