"""Staff with few permissions, for the tests of `permission_table`."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.test import Client as Browser
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from messaging.models import Conversation, MessageReading
from privacy.models import DataExport
from tests.admin.permission_table import Row, ways_to
from tests.factories import make_person
from users.models import User

OWN = frozenset({"view", "add", "change", "delete"})
# Stands for every permission that the rows do not name.
OTHERS = "others"


@dataclass(frozen=True)
class Staff:
    """A staff user, and a file that they have requested: nobody else may download it."""

    held: frozenset[str]
    browser: Browser
    export_id: int


def make_staff_for(label: str, rows: list[Row], exported: User) -> list[Staff]:
    """
    Return a staff user for each set of permissions that matters for these rows of a model.

    They are: none, each permission that the rows name, those that suffice for a row, all others, all, and
    a superuser's.
    """
    ways = {way for row in rows for needed in (row.opens, row.submits) for way in ways_to(needed)}
    named = OWN.union(*ways) - {"superuser"}
    alone = {frozenset({each}) for each in (*named, OTHERS, "superuser")}
    sets = {frozenset[str](), *alone, *ways, named | {OTHERS}}
    users = {held: _make_user(label, held, named) for held in sets}
    return [Staff(held, verified(user), _export(exported, user).pk) for held, user in users.items()]


def _export(exported: User, user: User) -> DataExport:
    for each in Conversation.objects.of(exported):
        MessageReading.objects.create(conversation=each, reader=user, reason="Ticket 6")
    tomorrow = timezone.now() + timedelta(days=1)
    return DataExport.objects.create(
        user=exported, requested_by=user, reason="Ticket 6", expires_at=tomorrow
    )


def _make_user(label: str, held: frozenset[str], named: frozenset[str]) -> User:
    user = make_person(
        f"staff-{'-'.join(sorted(held)) or 'without'}",
        role=User.Role.ADMIN,
        is_staff=True,
        is_superuser="superuser" in held,
    )
    user.user_permissions.set(_permissions(label, held, named))
    return user


def _permissions(label: str, held: frozenset[str], named: frozenset[str]) -> QuerySet[Permission]:
    app, model = label.split(".")
    of_model = Q(content_type__app_label=app, content_type__model=model)
    own = {f"{each}_{model}" for each in OWN}
    granted = of_model & Q(codename__in=[f"{each}_{model}" for each in held & OWN])
    granted |= Q(codename__in=held - OWN)
    if OTHERS in held:
        granted |= ~(of_model & Q(codename__in=own)) & ~Q(codename__in=named)
    return Permission.objects.filter(granted)


def name_of_permission(label: str, term: str) -> str:
    """Return the name of a permission as code has it, for example "users.change_user"."""
    app, model = label.split(".")
    if term in OWN:
        return f"{app}.{term}_{model}"
    permission = Permission.objects.select_related("content_type").get(codename=term)
    return f"{permission.content_type.app_label}.{term}"


def verified(user: User) -> Browser:
    """Return a browser of a staff user after the password and the second factor."""
    device = TOTPDevice.objects.create(user=user, name="admin")
    browser = Browser()
    browser.force_login(user)
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return browser


def browser_of_outsider(kind: str) -> Browser:
    """Return a browser of somebody who may not enter the admin, whatever their permissions."""
    if kind == "anonymous":
        return Browser()
    fields = {"is_staff": kind != "not staff", "is_active": kind != "deactivated"}
    person = make_person("outsider", role=User.Role.ADMIN, **fields)
    person.user_permissions.set(Permission.objects.all())
    if kind != "without a code":
        return verified(person)
    browser = Browser()
    browser.force_login(person)
    return browser
