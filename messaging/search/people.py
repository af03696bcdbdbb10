"""Finds a user's conversations by the name or email address of the other person, as the user sees them."""

from django.db.models import F

from messaging.last_known import as_last_known
from messaging.models import Conversation
from text.folding import fold
from users.models import User

_READ = ("first_name", "last_name", "email", "erased_at", "parent_trainer")


def find_conversations(user: User, side: str, words: str, *, archived: bool) -> list[int]:
    """
    Return the ids of conversations where `side` (trainer or trainee) is the user, newest activity first.

    Each word must be part of the other person's first name, last name or email address, as in
    `trainer.selectors.list_trainees`. Former partners have the names of the day when they parted.
    """
    own = Conversation.objects.filter(**{side: user}, is_archived=archived)
    columns = [f"{each}__{name}" for each in ("trainer", "trainee") for name in _READ]
    found = own.select_related("trainer", "trainee").only("is_archived", "last_known", *columns)
    newest_first = found.order_by(F("last_message_at").desc(nulls_last=True), "-pk")
    wanted = fold(words).split()
    return [each.pk for each in newest_first if _has_words(_name_other(each, user), wanted)]


def _name_other(conversation: Conversation, user: User) -> str:
    people = (conversation.trainer, conversation.trainee)
    if conversation.is_archived:
        people = as_last_known(user.pk, *people, conversation.last_known)
    other = next((each for each in people if each and each.pk != user.pk), None)
    if other is None or other.erased_at:
        return ""
    return fold(f"{other.first_name} {other.last_name} {other.email}")


def _has_words(name: str, words: list[str]) -> bool:
    return all(word in name for word in words)
