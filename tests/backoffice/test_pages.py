"""Errors that services raise on admin pages are shown as messages, and nothing is stored."""

from types import ModuleType
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.test import Client as Browser
from django.urls import path
from django.utils.translation import gettext_lazy

from api.exceptions import NotFound
from backoffice.pages import ClosedAdmin
from tests.factories import make_person
from users.models import User

pytestmark = pytest.mark.django_db

LIST = "/admin/auth/group/"


class Refused(NotFound):
    detail = gettext_lazy("Somebody else was faster.")


class RefusingPages(ClosedAdmin):
    """Admin pages on which a service refuses every write."""

    actions = ("refuse",)

    def refuse(self, request: HttpRequest, rows: Any) -> None:
        raise Refused

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        raise Refused

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        raise Refused


@pytest.fixture
def coaches() -> Group:
    return Group.objects.create(name="Coaches")


@pytest.fixture
def browser(settings: Any) -> Browser:
    """A superuser's browser, on an admin site that has only `RefusingPages`."""
    site, routes = admin.AdminSite(), ModuleType("routes")
    site.register(Group, RefusingPages)
    routes.urlpatterns = [path("admin/", site.urls)]  # type: ignore[attr-defined]  # as in a URL module
    settings.ROOT_URLCONF = routes
    browser = Browser()
    browser.force_login(make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True))
    return browser


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("", {"action": "refuse", "_selected_action": "{pk}"}),
        ("{pk}/change/", {"name": "Trainers"}),
        ("add/", {"name": "Trainers"}),
        ("{pk}/delete/", {"post": "yes"}),
    ],
)
def test_error_of_a_service_is_shown_and_nothing_is_stored(
    browser: Browser, coaches: Group, page: str, form: dict[str, str]
) -> None:
    url = LIST + page.format(pk=coaches.pk)

    response = browser.post(url, {name: text.format(pk=coaches.pk) for name, text in form.items()})

    shown = [str(each) for each in get_messages(response.wsgi_request)]
    assert (response.status_code, response["location"]) == (302, url)
    assert shown == ["Somebody else was faster."]
    assert list(Group.objects.values_list("name", flat=True)) == ["Coaches"]
