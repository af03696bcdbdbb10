"""E-mailed links survive the mail programs that rewrite them."""

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client as Browser

from tests.users.post import link_in, wait_for_mail
from trainer.services.invitations import invite_trainee
from trainer.services.joining import accept_invitation
from users.links import SECRETS, make_link, restore_link
from users.models import User
from users.services.accounts import reset_password, send_password_reset

CODE = "AbC_-9"


@pytest.fixture
def mailed(django_capture_on_commit_callbacks: Any, alice: User, bob: User) -> dict[str, str]:
    """Every link that the product e-mails, by page, without the scheme and host."""
    links = []
    for number, send in enumerate((_invite, _reset), start=1):
        with django_capture_on_commit_callbacks(execute=True):
            send(alice, bob)
        links.append(urlsplit(link_in(wait_for_mail(number))))
    return {each.path.strip("/"): f"{each.path}#{each.fragment}" for each in links}


def _invite(alice: User, bob: User) -> None:
    invite_trainee(trainer=alice, email="eve@example.com")


def _reset(alice: User, bob: User) -> None:
    send_password_reset(email=bob.email)


def rewrite(link: str) -> list[str]:
    """Return a link as mail services rewrite it: for example, with the "#" encoded once or twice."""
    path, _, fragment = link.partition("#")
    return [
        f"{path}%23{fragment}",
        f"{path}/%23{fragment}",
        f"{path}%2523{fragment}",
        f"{path}%23{quote(fragment, safe='')}",
        f"{path}%2523{quote(quote(fragment, safe=''), safe='')}",
        f"{path}?{fragment}",
        f"{path}?utm_source=mail&{fragment}&fbclid=1",
        f"{path}%23{fragment}?utm_source=mail",
        f"{path}%3F{quote(fragment, safe='')}",
        f"{path}%23{fragment.replace('&', '&amp;')}",
        f"{path}%23{quote(fragment.replace('&', '&amp;'), safe='')}",
    ]


@pytest.mark.parametrize("screen", SECRETS)
def test_every_rewritten_link_redirects_to_the_original(
    mailed: dict[str, str], screen: str, client: Browser
) -> None:
    link = mailed[screen]

    answers = [client.get(each) for each in rewrite(link)]

    assert [(each.status_code, each["location"]) for each in answers] == [(302, link)] * 11
    assert {(each["cache-control"], each["referrer-policy"]) for each in answers} == {
        ("no-store", "same-origin")
    }


def test_every_page_with_a_secret_has_a_mailed_link(mailed: dict[str, str]) -> None:
    assert mailed.keys() == SECRETS.keys()


def test_prefetching_a_link_does_not_use_it(
    mailed: dict[str, str], client: Browser, bob: User
) -> None:
    for link in mailed.values():
        for each in rewrite(link):
            client.get(each, headers={"accept": "*/*"})
            client.head(each)

    code = mailed["join"].partition("#code=")[2]
    eve, *_ = accept_invitation(
        code=code, password="a-horse-of-42", first_name="Eve", last_name="Evans"
    )
    uid, token = mailed["reset-password"].partition("#uid=")[2].split("&token=")
    reset_password(uid=uid, token=token, new_password="another-horse-42")
    bob.refresh_from_db()
    assert eve.email == "eve@example.com"
    assert bob.check_password("another-horse-42")


@pytest.mark.parametrize(
    "path",
    [
        f"/join%23code={CODE}/../../evil.example",
        "/join%23code=//evil.example",
        "/join%23code=%0d%0aLocation:%20https://evil.example",
        "/join%23code=",
        "/join%23",
        f"/join%23token={CODE}",
        f"/reset-password%23uid={CODE}",
        f"/joined%23code={CODE}",
        f"/x/join%23code={CODE}",
        "/join%23code=" + "x" * 201,
    ],
)
def test_other_paths_are_neither_redirected_nor_echoed(path: str, client: Browser) -> None:
    page = client.get(path, headers={"accept": "text/html"})

    assert restore_link(path) is None
    assert page.status_code in (200, 404)
    assert "evil" not in page.text
    assert CODE not in page.text


def test_path_with_another_host_is_not_redirected() -> None:
    assert restore_link(f"//evil.example/join%23code={CODE}") is None


def test_post_to_a_rewritten_link_is_not_redirected(client: Browser) -> None:
    assert client.post(f"/join%23code={CODE}").status_code == 404
    assert client.post(f"/join?code={CODE}").status_code == 405


def test_link_begins_with_the_public_address(settings: Any) -> None:
    settings.PUBLIC_URL = "https://gym.example"

    assert make_link("join", code=CODE) == f"https://gym.example/join#code={CODE}"
