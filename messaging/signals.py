from typing import Any

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate, pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from api.exceptions import FieldInvalid
from messaging.search.triggers import SQLITE
from messaging.selectors import has_active_conversation
from messaging.services.archiving import prepare_account_deletion
from messaging.services.participants import complete_participants
from messaging.services.remembering import complete_last_known
from users.models import User
from users.services.administration import role_changing


@receiver(pre_delete, sender=User)
def keep_conversations(instance: User, **kwargs: Any) -> None:
    """Prepare conversations for the deletion of an account, even if it is deleted in a shell."""
    prepare_account_deletion(user=instance)


@receiver(role_changing, sender=User)
def keep_role_in_conversations(user: User, **kwargs: Any) -> None:
    """Raise FieldInvalid if the new role would hide active conversations from the user."""
    if has_active_conversation(user):
        raise FieldInvalid(
            "role",
            _("This person has active conversations. Archive them under Conversations first."),
        )


@receiver(post_migrate)
def restore_search_triggers(sender: Any, **kwargs: Any) -> None:
    """On SQLite, create the triggers that vanished when a migration rebuilt the table of messages."""
    if sender.name != "messaging" or connection.vendor != "sqlite":
        return
    if ("messaging", "0022_search_triggers") in MigrationRecorder(connection).applied_migrations():
        with connection.cursor() as cursor:
            for statement in SQLITE:
                cursor.execute(statement)


@receiver(post_migrate)
def complete_rows(sender: Any, apps: Apps | None = None, **kwargs: Any) -> None:
    """After migrations, add the rows and names that the previous release did not store."""
    models = apps.all_models["messaging"] if apps else {}  # None when a test flushes the tables
    if sender.name == "messaging" and "participant" in models:
        complete_participants()
        if hasattr(models["conversation"], "last_known"):
            complete_last_known()
