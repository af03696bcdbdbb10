"""Erases people, and looks for what is left of them."""

from django.apps import apps
from django.core.serializers import serialize
from django.db import transaction

from users.models import User
from users.services.erasure import MessageChoice, begin_erasure

KEEP, ERASE = MessageChoice.KEEP, MessageChoice.ERASE


def begin(user: User, messages: MessageChoice = KEEP) -> None:
    """Begin the erasure of a person, as the command does; a job does the rest."""
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        begin_erasure(locked=locked, messages=messages, origin="by a test")


def list_rows_with(text: str) -> list[str]:
    """Return the models of all rows that contain a text in any column."""
    models = apps.get_models(include_auto_created=True)
    rows = {each._meta.label: serialize("json", each._default_manager.all()) for each in models}
    return [label for label, stored in rows.items() if text in stored]
