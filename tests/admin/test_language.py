"""The admin speaks the language that the signed-in person has chosen."""

import pytest
from django.test import Client as Browser

from tests.factories import make_person
from users.models import User


@pytest.fixture
def staff(client: Browser, db: None) -> User:
    person = make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [("de", "en", "de"), ("en", "de", "en"), ("", "de", "de"), ("", "", "en"), ("xx", "de", "de")],
)
def test_admin_is_in_the_chosen_language_or_else_in_the_accepted_one(
    client: Browser, staff: User, chosen: str, accepted: str, language: str
) -> None:
    User.objects.filter(pk=staff.pk).update(language=chosen)

    page = client.get("/admin/", headers={"accept-language": accepted})

    assert f'<html lang="{language}"' in page.text
    assert page["content-language"] == language


def test_language_of_the_admin_ends_with_its_page(client: Browser, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(language="de")

    client.get("/admin/")

    assert '<html lang="en"' in client.get("/messages").text


def test_refused_form_of_the_admin_is_in_the_chosen_language(staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(language="de")
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(staff)

    refused = browser.post("/admin/users/user/add/")

    assert refused.status_code == 403
    assert "Dieses Formular ist abgelaufen." in refused.text
