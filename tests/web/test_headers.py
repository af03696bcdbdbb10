"""The response headers of the client's pages and files."""

import re
from typing import Any

from django.test import Client as Browser

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


def test_nonce_is_new_for_each_response_and_on_the_import_map() -> None:
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


def test_admin_has_the_same_policy_except_for_trusted_types(client: Browser, alice: User) -> None:
    ours, admins = policy_of(open_page()), policy_of(client.get("/admin/login/"))

    for policy in (ours, admins):
        policy["script-src"] = {each for each in policy["script-src"] if "nonce" not in each}
    del ours["require-trusted-types-for"], ours["trusted-types"]
    assert admins == ours


def test_worker_may_control_the_whole_site_and_is_revalidated(client: Browser) -> None:
    response = client.get("/sw.js")

    assert (response["content-type"], response["cache-control"]) == ("text/javascript", "no-cache")
    assert response["service-worker-allowed"] == "/"
