"""A person's pages in the admin link to their conversations, sign-ins, devices and invitations."""

import re
from html import unescape

import pytest
from django.test import Client as Browser

from messaging.models import Conversation
from trainer.models import Invitation
from users.models import User

LISTS = [
    "Conversations as trainer",
    "Conversations as trainee",
    "Sign-ins",
    "Impersonations of the person",
    "Impersonations by the person",
    "Devices",
    "Deliveries",
    "Emails about unread messages",
    "Invitations sent",
    "Invitations received",
]


def follow(browser: Browser, page: str) -> dict[str, int]:
    """Return how many rows each list has to which a person's page links."""
    text = browser.get(page).content.decode()
    links = re.findall(r'<a href="(/admin/[^"?]+\?\w+__exact=[^"]+)">([^<]+)</a>', text)
    return {
        title: len(browser.get(unescape(link)).context["cl"].result_list) for link, title in links
    }


@pytest.mark.parametrize("who", ["viewing", "superuser"])
def test_page_of_a_person_links_to_their_rows(
    request: pytest.FixtureRequest, everything: Conversation, alice: User, who: str
) -> None:
    browser: Browser = request.getfixturevalue(who)

    counts = follow(browser, f"/admin/users/user/{alice.pk}/change/")

    assert counts == dict(zip(LISTS, [1, 0, 1, 0, 1, 1, 1, 1, 1, 0], strict=True))


@pytest.mark.parametrize("who", ["viewing", "superuser"])
def test_page_of_a_trainee_links_to_their_rows(
    request: pytest.FixtureRequest, everything: Conversation, bob: User, who: str
) -> None:
    browser: Browser = request.getfixturevalue(who)
    User.objects.filter(pk=bob.pk).update(email="bob+gym&co@example.com")
    Invitation.objects.update(email="bob+gym&co@example.com")

    counts = follow(browser, f"/admin/trainer/trainee/{bob.pk}/change/")

    assert counts == dict(zip(LISTS, [0, 1, 1, 1, 0, 1, 1, 1, 0, 1], strict=True))
