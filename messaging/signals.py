from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from messaging.services.archiving import prepare_account_deletion
from users.models import User


@receiver(pre_delete, sender=User)
def keep_conversations(instance: User, **kwargs: Any) -> None:
    """Run before any deletion of an account, the admin's and the shell's too."""
    prepare_account_deletion(user=instance)
