"""No page of the admin shows a private text, except the one that asks for a reason."""

import pytest
from django.test import Client as Browser

from jobs.models import Job
from messaging.models import Conversation
from tests.admin.pages import registered_models, row_urls, url
from tests.factories import write
from trainer.models import Invitation
from users.models import User

SECRET = "My knee hurts since the divorce"


def all_pages(browser: Browser) -> list[str]:
    """Return every list, also searched for the secret, every row, and the start page."""
    urls = ["/admin/"]
    for model in registered_models():
        changelist = url(model, "changelist")
        urls += [changelist, f"{changelist}?q=knee", *row_urls(model)]
    return [browser.get(each).content.decode() for each in urls]


@pytest.mark.parametrize("name", ["superuser", "viewing"])
def test_no_other_page_of_the_admin_shows_a_text(
    request: pytest.FixtureRequest, everything: Conversation, alice: User, name: str
) -> None:
    browser: Browser = request.getfixturevalue(name)
    write(alice, everything, SECRET)
    Invitation.objects.update(message=SECRET)
    Job.objects.create(kind="mail", args={"body": SECRET, "user_id": 7}, key="x")

    pages = all_pages(browser)

    assert [each for each in pages if "knee hurts" in each] == []
    assert any("user_id: 7" in each for each in pages)
