from django.core.files.storage import default_storage

from jobs.exceptions import GiveUp
from messaging.services.erasing import erase_from_conversations
from messaging.services.inspecting import forget_reader
from messaging.services.removing import forget_remover
from notifications.services.erasing import erase_devices
from privacy.services.exporting import forget_requester
from trainer.services.erasing import erase_coaching
from users.models import REMOVED_PERSON_NAME, User
from users.services.erased_records import erase_records
from users.services.erasure import MessageChoice


def erase(*, user_id: int, email: str, picture: str, messages: MessageChoice) -> None:
    """
    Erase a person, after `users.services.erasure` has ended their access and emptied the account.

    Each step works in batches with short transactions, and finds its work in the database. So the call
    can be repeated after an interruption, and it may run twice at the same time. Other people's requests
    go on. The account's row is deleted last. Raise GiveUp if the account is not being erased.
    """
    user = User.objects.filter(pk=user_id).first()
    if user:
        if user.erased_at is None:
            raise GiveUp("The account is not being erased.")
        erases_texts = messages is MessageChoice.ERASE
        erase_from_conversations(user_id=user_id, erases_texts=erases_texts)
        forget_remover(user_id=user_id, name=REMOVED_PERSON_NAME)
        forget_reader(user_id=user_id, name=REMOVED_PERSON_NAME)
        forget_requester(user_id=user_id, name=REMOVED_PERSON_NAME)
        erase_devices(user_id=user_id)
        erase_coaching(user_id=user_id, email=email, before=user.erased_at)
        erase_records(user_id=user_id, email=email, before=user.erased_at)
        user.delete()
    if picture:
        default_storage.delete(picture)
