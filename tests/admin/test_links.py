"""A person's page in the admin links to their conversations, sign-ins, devices and invitations."""

import re

import pytest
from django.test import Client as Browser

from messaging.models import Conversation
from users.models import User


@pytest.mark.parametrize("who", ["viewing", "superuser"])
def test_page_of_a_person_links_to_their_rows(
    request: pytest.FixtureRequest, everything: Conversation, alice: User, who: str
) -> None:
    viewing: Browser = request.getfixturevalue(who)
    page = viewing.get(f"/admin/users/user/{alice.pk}/change/").content.decode()

    links = re.findall(rf'href="(/admin/\S+\?\w+__id__exact={alice.pk})"', page)
    counts = [len(viewing.get(each).context["cl"].result_list) for each in links]

    assert len(links) == 6
    assert counts == [1, 0, 1, 1, 1, 1]
