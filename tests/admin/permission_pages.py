"""The admin's pages and actions as rows of `permission_table`, and what the tests submit to them."""

import re
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Permission
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice

from messaging.models import Conversation, Message
from messaging.services.archiving import archive_conversations
from tests.admin.pages import registered_models
from tests.admin.permission_table import Row
from tests.factories import make_trainee, open_conversation, tokens_of
from users.models import User

# Django redirects this old address of a row to its page.
OLD_ADDRESS = "<path:object_id>/"
PASSWORDS = dict.fromkeys(("password1", "password2"), "another-long-one-7")


def names_of(title: str) -> set[str]:
    """Return the names of the rows that a block of the table must have."""
    shown: Any = _page(title)
    pages = {
        name for name, route in routes_of(title).items() if "<" in route or " of " not in title
    }
    actions = {f":{name}" for _function, name, _description in shown._get_base_actions()}
    inlines = {f"inline {each.model._meta.model_name}" for each in shown.inlines}
    return {*pages, *actions, *inlines, *(["list_editable"] if shown.list_editable else [])}


def routes_of(title: str) -> dict[str, str]:
    """Return the URL patterns of a model's pages, by the last part of their path."""
    routes = {str(each.pattern) for each in _page(title).get_urls()} - {OLD_ADDRESS}
    return {re.sub(r"<[^>]+>/|/$", "", route) or "list": route for route in routes}


def url_of(title: str, row: Row, target: int) -> str:
    """Return the address of a page, or of the page with an action or an inline form."""
    page = "list" if row.is_action else "change" if row.inline else row.name
    route = re.sub(r"<[^>]+>", str(target), routes_of(title)[page])
    return f"/admin/{label_of(title).replace('.', '/')}/{route}"


def label_of(title: str) -> str:
    """Return the model of a block, for example "users.user"."""
    return title.partition(" ")[0]


def _page(title: str) -> admin.ModelAdmin[Any]:
    return admin.site.get_model_admin(apps.get_model(label_of(title)))


def make_targets(trainer: User, trainee: User) -> dict[str, list[int]]:
    """Return the ids of the rows that each block of the table is tried with."""
    idle = make_trainee("idle", trainer, is_active=False)
    boss, retired = make_trainee("boss", None), make_trainee("retired", None, is_active=False)
    User.objects.filter(pk__in=[boss.pk, retired.pk]).update(is_staff=True, is_superuser=True)
    boss.groups.set(trainee.groups.all())
    old = open_conversation(trainer, make_trainee("twin", trainer))
    archive_conversations(Conversation.objects.filter(pk=old.pk))
    tokens_of(User.objects.get(pk=boss.pk))
    for each in (trainee, boss):
        TOTPDevice.objects.create(user=each, name="admin")
    messages = Message.objects.filter(removal=None)
    return {
        **{each._meta.label_lower: _ids_of(each) for each in registered_models()},
        "users.user": [trainee.pk, idle.pk],
        "users.user of staff": [boss.pk, retired.pk],
        "messaging.message": list(messages.values_list("pk", flat=True)),
        "trainer.trainee": [trainee.pk],
        "trainer.trainee of staff": [boss.pk],
    }


def _ids_of(model: Any) -> list[int]:
    request = HttpRequest()
    request.user = AnonymousUser()
    rows = admin.site.get_model_admin(model).get_queryset(request)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def make_forms(trainee: User, new_trainer: User) -> dict[str, dict[str, Any]]:
    """Return what is submitted to pages, and to actions that ask for more."""
    groups = list(trainee.groups.values_list("pk", flat=True))
    profile = {"email": "new@example.com", "role": "TRAINEE", "is_active": "on", "groups": groups}
    return {
        "users.user add": {**profile, **PASSWORDS},
        "users.user change": profile,
        "users.user password": {**PASSWORDS, "usable_password": "true"},
        "trainer.trainee change": {"parent_trainer": new_trainer.pk},
        "auth.group add": {"name": "New"},
        "auth.group change": {"name": "New", "permissions": [Permission.objects.all()[0].pk]},
        "messaging.conversation read": {"reason": "Ticket 7"},
        "messaging.message :take_down": {"reason": "Ticket 7"},
        "privacy.dataexport add": {"user": trainee.pk, "reason": "Ticket 7"},
    }
