"""Admin URLs accept only the filters, orders and searches that the page offers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client as Browser

from backoffice.pages import ClosedAdmin
from messaging.models import Conversation
from notifications.models import DeviceToken
from tests.admin.pages import offered_filters, registered_models, row_urls, url
from tests.factories import make_trainer
from trainer.models import Invitation
from users.admin_site import ClosedAdminSite
from users.models import User

pytestmark = pytest.mark.unmeasured

before_a_query = pytest.mark.embedded_only("the admin refuses these filters before a query")

SENSITIVE = ("password", "token", "code_hash", "session_key", "session_data")

every_model = pytest.mark.parametrize(
    "model", registered_models(), ids=lambda model: model.__name__
)


def fields_of(model: type[Model], depth: int = 1) -> Iterator[str]:
    """Return the lookup names of a model's fields and relations, and of those of related models."""
    for field in model._meta.get_fields():
        yield field.name
        if depth and field.related_model:
            related: Any = field.related_model
            yield from (f"{field.name}__{name}" for name in fields_of(related, depth - 1))


@before_a_query
@every_model
def test_list_cannot_be_filtered_by_a_prefix_of_any_column(
    viewing: Browser, model: type[Model]
) -> None:
    tried = {
        name: viewing.get(url(model, "changelist"), {f"{name}__startswith": "a"})
        for name in fields_of(model)
    }

    assert {name for name, answer in tried.items() if answer.status_code != 400} == set()


@before_a_query
@every_model
@pytest.mark.parametrize("lookup", ["", "__regex"])
def test_list_cannot_be_filtered_by_a_column_that_is_not_offered(
    viewing: Browser, model: type[Model], lookup: str
) -> None:
    closed: Any = admin.site.get_model_admin(model)
    linked = {each.removesuffix("__exact") for each in closed.linked_lookups}
    others = set(fields_of(model)) - set(offered_filters(model)) - linked

    statuses = {
        viewing.get(url(model, "changelist"), {f"{name}{lookup}": "1"}).status_code
        for name in others
    }

    assert statuses == {400}


@pytest.mark.parametrize(
    ("path", "lookup"),
    [
        ("users/user", "password__startswith"),
        ("users/user", "trainees__password__startswith"),
        ("users/user", "device_tokens__token__startswith"),
        ("users/authsession", "user__password__startswith"),
        ("users/impersonationsession", "impersonator__password__gte"),
        ("push/devicetoken", "token__startswith"),
        ("push/devicetoken", "user__password__regex"),
        ("messaging/message", "sender__password__startswith"),
        ("messaging/conversation", "trainer__device_tokens__token__startswith"),
        ("trainer/trainee", "password__startswith"),
        ("trainer/invitation", "code_hash__startswith"),
        ("auth/group", "user__password__startswith"),
    ],
)
def test_secrets_cannot_be_guessed_letter_by_letter(
    viewing: Browser, everything: Conversation, path: str, lookup: str
) -> None:
    for start in ("m", "zzz"):
        assert viewing.get(f"/admin/{path}/", {lookup: start}).status_code == 400


@every_model
def test_no_page_offers_a_sensitive_column(model: type[Model]) -> None:
    shown = admin.site.get_model_admin(model)
    named: list[Any] = [*shown.list_display, *shown.search_fields, *shown.linked_lookups]  # type: ignore[attr-defined]
    named += [*offered_filters(model), *(shown.fields or ())]

    assert [each for each in map(str, named) if each.split("__")[-1] in SENSITIVE] == []
    assert shown.fields or shown.fieldsets or model.__name__ in {"Group", "DataExport"}


def secrets() -> set[str]:
    """Return secrets that no page may show: parts of password hashes, push tokens, hashes of codes."""
    hashes = User.objects.values_list("password", flat=True)
    parts = {part[:6] for each in hashes for part in each.split("$")[1:]}
    tokens = DeviceToken.objects.values_list("token", flat=True)
    return {*parts, *tokens, *Invitation.objects.values_list("code_hash", flat=True)}


@every_model
@pytest.mark.parametrize("who", ["viewing", "superuser"])
def test_no_page_shows_a_secret(
    request: pytest.FixtureRequest, everything: Conversation, model: type[Model], who: str
) -> None:
    browser: Browser = request.getfixturevalue(who)
    pages = [browser.get(each) for each in (url(model, "changelist"), *row_urls(model))]

    texts = [each.content.decode() for each in pages if each.status_code == 200]
    assert len(texts) >= 3
    assert [each for each in secrets() for text in texts if each in text] == []


@every_model
def test_popups_refer_to_rows_by_id_only(
    superuser: Browser, everything: Conversation, model: type[Model]
) -> None:
    pages = [url(model, "changelist"), *list(row_urls(model))[:2]]
    columns = [each.name for each in model._meta.concrete_fields if not each.primary_key]

    statuses = {
        superuser.get(page, {"_popup": "1", "_to_field": column}).status_code
        for page in pages
        for column in columns
    }

    assert statuses <= {400, 403}
    assert superuser.get(pages[0], {"_popup": "1", "_to_field": "id"}).status_code == 200


def test_autocomplete_works_for_two_fields_only(
    superuser: Browser, everything: Conversation
) -> None:
    """It is refused for every other relation, forward or reverse."""
    answered = set()
    for model in apps.get_models():
        for field in model._meta.get_fields(include_hidden=True):
            source = {"app_label": model._meta.app_label, "model_name": model.__name__}
            answer = superuser.get("/admin/autocomplete/", {**source, "field_name": field.name})
            if answer.status_code != 403:
                answered.add((model.__name__, field.name, answer.status_code))

    assert answered == {("Trainee", "parent_trainer", 200), ("DataExport", "user", 200)}


def test_autocomplete_shows_no_secret(superuser: Browser, everything: Conversation) -> None:
    source = {"app_label": "trainer", "model_name": "trainee", "field_name": "parent_trainer"}

    body = superuser.get("/admin/autocomplete/", source).content.decode()

    assert "Alice Tester" in body
    assert [each for each in secrets() if each in body] == []


@every_model
def test_every_link_of_a_list_works(
    viewing: Browser, everything: Conversation, model: type[Model]
) -> None:
    page = viewing.get(url(model, "changelist"), {"q": "a", "_facets": "True"})
    changelist = page.context["cl"]
    links = [
        choice["query_string"]
        for spec in changelist.filter_specs
        for choice in spec.choices(changelist)
    ]

    assert len(links) >= 2 or model.__name__ in {"Group", "Message"}
    assert {viewing.get(url(model, "changelist") + link).status_code for link in links} <= {200}


def test_messages_are_listed_by_conversation(viewing: Browser, everything: Conversation) -> None:
    link = f"?conversation__id__exact={everything.pk}"

    listed = viewing.get(f"/admin/messaging/message/{link}").context["cl"].result_list
    assert list(listed) == list(everything.messages.order_by("-pk"))


def test_arbitrary_order_parameters_are_accepted(
    viewing: Browser, everything: Conversation
) -> None:
    for order in ("1", "-1", "99", "-99", "password", "1.-2"):
        assert viewing.get("/admin/users/user/", {"o": order}).status_code == 200


def test_autocomplete_offers_active_trainers_only(
    superuser: Browser, alice: User, bob: User, dora: User
) -> None:
    make_trainer("gone", is_active=False)
    source = {"app_label": "trainer", "model_name": "trainee", "field_name": "parent_trainer"}

    results = superuser.get("/admin/autocomplete/", {**source, "term": "example.com"}).json()

    assert [int(each["id"]) for each in results["results"]] == [dora.pk, alice.pk]


def test_every_model_is_closed_also_those_of_libraries() -> None:
    site = ClosedAdminSite()

    site.register([Session, Permission], admin.ModelAdmin)
    site.register(ContentType)

    pages = [*admin.site._registry.values(), *site._registry.values()]
    assert [each for each in pages if not isinstance(each, ClosedAdmin)] == []
    assert not site.get_model_admin(Permission).lookup_allowed(
        "codename__startswith", "a", HttpRequest()
    )
    assert {"TOTPDevice", "StaticDevice"}.isdisjoint(each.__name__ for each in registered_models())
